import type { MachineContext, Undoable, Visit } from '../context.ts';
import type { Placed } from '../placed-step.ts';
import { frameOf, isRunning } from './frames.ts';
import { undoOf } from './rendering.ts';
import { withoutTogether } from './together.ts';

/** Returns the context with a step's change added to those that can be undone; items add up. */
export function keepUndoable(context: MachineContext, step: Placed, visit: Visit): MachineContext {
  if (undoOf(step.does) === undefined) return context;
  const { inputs, targets, steps, visits } = frameOf(context, step.frame);
  const frame = { inputs, targets, steps, visits };
  const { frames } = context;
  const { item } = visit;
  const one: Undoable = { item, visit, frame, frames };
  const before = context.undoable[step.id] ?? [];
  const sameVisit = before.at(-1)?.frame.visits[step.name] === visits[step.name];
  const kept = sameVisit ? before : [];
  const others = kept.filter((other) => other.item?.index !== item?.index);
  const { [step.id]: _, ...elsewhere } = context.undoable;
  return { ...context, undoable: { ...elsewhere, [step.id]: [...others, one] } };
}

/** Returns the IDs of the steps that can be undone, most recent last. */
export function undoableSteps({ undoable }: MachineContext): readonly string[] {
  return Object.keys(undoable).filter((id) => (undoable[id]?.length ?? 0) > 0);
}

/**
 * Returns the context at the start of the undo of a step's last change, at the place where it ran.
 */
export function beginUndo(context: MachineContext, step: Placed): MachineContext {
  const undoable = context.undoable[step.id]?.at(-1);
  if (undoable === undefined) return context;
  const { pending: _, error: __, decision: ___, ...ran } = undoable.visit;
  const visit = withoutTogether({ ...ran, attempt: 1, undoing: undoable });
  const frames = isRunning(context, step.frame) ? context.frames : undoable.frames;
  return { ...context, frames, slots: {}, visit };
}

/** Returns the context after a step was undone. */
export function markUndone(context: MachineContext, step: Placed): MachineContext {
  const left = (context.undoable[step.id] ?? []).slice(0, -1);
  const undone = { ...context, undoable: { ...context.undoable, [step.id]: left } };
  const { steps } = frameOf(context, step.frame);
  const facts = { ...steps[step.name], status: 'undone' as const };
  const changed = { ...steps, [step.name]: facts };
  return step.frame === ''
    ? { ...undone, steps: changed }
    : {
        ...undone,
        frames: Object.fromEntries(
          Object.entries(undone.frames).map(([id, frame]) => [
            id,
            id === step.frame ? { ...frame, steps: changed } : frame,
          ]),
        ),
      };
}
