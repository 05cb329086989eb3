import type { Frame, MachineContext, TargetFacts, Visit } from '../context.ts';
import { qualified } from '../placed-step.ts';

const FIRST: Visit = { attempt: 1 };

/** Returns the values of a runbook's expressions, by the ID of the step that runs it. */
export function frameOf(context: MachineContext, id: string): Frame {
  if (id === '') return context;
  const frame = context.frames[id];
  if (frame === undefined) throw new Error(`no runbook runs as the step ${id}`);
  return frame;
}

/** Returns whether the runbook of a step is running. */
export function isRunning(context: MachineContext, frame: string): boolean {
  return frame === '' || context.frames[frame] !== undefined;
}

/** Returns the context with the values of a runbook's expressions changed. */
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

/** Returns the context without the runbooks that do not contain a step. */
export function inFrame(context: MachineContext, id: string): MachineContext {
  const left = Object.keys(context.frames).filter((one) => !`${id}/`.startsWith(`${one}/`));
  if (left.length === 0) return context;
  const kept = Object.entries(context.frames).filter(([one]) => !left.includes(one));
  return { ...context, frames: Object.fromEntries(kept) };
}

/** Returns the state of the visit to a step. */
export function visitOf(context: MachineContext, slot: string | undefined): Visit {
  return slot === undefined ? context.visit : (context.slots[slot] ?? FIRST);
}

/** Returns the part of the context that contains a visit, with the visit changed. */
export function withVisit(
  context: MachineContext,
  slot: string | undefined,
  visit: Visit,
): Pick<MachineContext, 'visit'> | Pick<MachineContext, 'slots'> {
  return slot === undefined ? { visit } : { slots: { ...context.slots, [slot]: visit } };
}

/** Returns the facts of every current target, by its name in the run. */
export function allTargets(context: MachineContext): Readonly<Record<string, TargetFacts>> {
  const inner = Object.entries(context.frames).flatMap(([id, { targets }]) =>
    Object.entries(targets).map(([name, facts]) => [qualified(id, name), facts] as const),
  );
  return inner.length === 0
    ? context.targets
    : { ...context.targets, ...Object.fromEntries(inner) };
}

/**
 * Returns the context after a connection: all targets at the same place get its facts. Those that log in
 * as somebody else than it did, e.g. through a reserved slot, keep their own.
 */
export function connected(
  context: MachineContext,
  target: string,
  facts: TargetFacts,
): MachineContext {
  const before = allTargets(context)[target];
  const learnt = (targets: Frame['targets'], frame: string): Frame['targets'] =>
    Object.fromEntries(
      Object.entries(targets).map(([name, own]) => {
        const same =
          qualified(frame, name) === target ||
          (isSamePlace(own, before) && (own.user ?? facts.user) === facts.user);
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

/** Returns whether two targets are the same place on a server. */
export function isSamePlace(one: TargetFacts, other: TargetFacts | undefined): boolean {
  if (other === undefined || one.engine === null || other.engine === null) return false;
  return (
    one.host === other.host &&
    one.port === other.port &&
    one.database === other.database &&
    one.user === other.user
  );
}

/** Returns the context after inputs of a runbook were edited: its targets may have new addresses. */
export function edited(
  context: MachineContext,
  id: string,
  edit: {
    readonly inputs?: Frame['inputs'] | undefined;
    readonly targets?: Frame['targets'] | undefined;
  },
): MachineContext {
  const frame = frameOf(context, id);
  return withFrame(context, id, {
    inputs: { ...frame.inputs, ...edit.inputs },
    targets: { ...frame.targets, ...edit.targets },
  });
}
