import type { Frame, MachineContext, TargetFacts, Visit } from '../context.ts';
import { qualified } from '../placed-step.ts';

const FIRST: Visit = { attempt: 1 };

/** Returns what the expressions of a runbook know, by the id of the step that runs it. */
export function frameOf(context: MachineContext, id: string): Frame {
  if (id === '') return context;
  const frame = context.frames[id];
  if (frame === undefined) throw new Error(`no runbook runs as the step ${id}`);
  return frame;
}

/** Returns whether the runbook that a step belongs to is running. */
export function isRunning(context: MachineContext, frame: string): boolean {
  return frame === '' || context.frames[frame] !== undefined;
}

/** Returns the context with what a runbook's expressions know changed. */
export function withFrame(
  context: MachineContext,
  id: string,
  change: Partial<Frame>,
): MachineContext {
  if (id === '') return { ...context, ...change };
  const frame = context.frames[id];
  if (frame === undefined) return context;
  return { ...context, frames: { ...context.frames, [id]: { ...frame, ...change } } };
}

/** Returns the context without the runbooks that a step does not stand in. */
export function inFrame(context: MachineContext, id: string): MachineContext {
  const left = Object.keys(context.frames).filter((one) => !`${id}/`.startsWith(`${one}/`));
  if (left.length === 0) return context;
  const kept = Object.entries(context.frames).filter(([one]) => !left.includes(one));
  return { ...context, frames: Object.fromEntries(kept) };
}

/** Returns what is remembered of the visit to a step. */
export function visitOf(context: MachineContext, slot: string | undefined): Visit {
  return slot === undefined ? context.visit : (context.slots[slot] ?? FIRST);
}

/** Returns the part of the context that holds a visit, with the visit changed. */
export function withVisit(
  context: MachineContext,
  slot: string | undefined,
  visit: Visit,
): Pick<MachineContext, 'visit'> | Pick<MachineContext, 'slots'> {
  return slot === undefined ? { visit } : { slots: { ...context.slots, [slot]: visit } };
}

/** Returns what is known of every target there is now, by its name in the run. */
export function allTargets(context: MachineContext): Readonly<Record<string, TargetFacts>> {
  const inner = Object.entries(context.frames).flatMap(([id, { targets }]) =>
    Object.entries(targets).map(([name, facts]) => [qualified(id, name), facts] as const),
  );
  return inner.length === 0
    ? context.targets
    : { ...context.targets, ...Object.fromEntries(inner) };
}

/** Returns the context after a target was connected to: all that stand for the same place know it. */
export function connected(
  context: MachineContext,
  target: string,
  facts: TargetFacts,
): MachineContext {
  const before = allTargets(context)[target];
  const learnt = (targets: Frame['targets'], frame: string): Frame['targets'] =>
    Object.fromEntries(
      Object.entries(targets).map(([name, own]) => {
        const same = qualified(frame, name) === target || isSamePlace(own, before);
        return [name, same ? { ...facts, name } : own];
      }),
    );
  const frames = Object.entries(context.frames).map(
    ([id, frame]) => [id, { ...frame, targets: learnt(frame.targets, id) }] as const,
  );
  const targets = learnt(context.targets, '');
  const own = target.includes('/') || target in targets ? {} : { [target]: facts };
  return { ...context, targets: { ...targets, ...own }, frames: Object.fromEntries(frames) };
}

/** Returns whether two targets are one and the same place in a server. */
export function isSamePlace(one: TargetFacts, other: TargetFacts | undefined): boolean {
  if (other === undefined || one.engine === null || other.engine === null) return false;
  return (
    one.host === other.host &&
    one.port === other.port &&
    one.database === other.database &&
    one.user === other.user
  );
}
