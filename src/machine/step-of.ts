import type { StepPart } from '#events/log/event.ts';
import type { ErrorKind } from '#runbook/model/step-error.ts';
import { visitOf } from './context/frames.ts';
import { differsByServer } from './context/open-engine.ts';
import { executionOf, partOf } from './context/rendering.ts';
import type { MachineContext } from './context.ts';
import type { Await } from './effect.ts';
import type { MachineEvent } from './event.ts';
import type { Placed } from './placed-step.ts';

/** What actions and guards are given by XState. */
export type Of = { readonly context: MachineContext; readonly event: MachineEvent };

/** The step that a guard or an action is about, and where its visit is kept. */
export type StepParams = { readonly step: string; readonly slot?: string };

/** Names a step for the guards and actions of its states. */
export function of({ id, slot }: Placed): StepParams {
  return slot === undefined ? { step: id } : { step: id, slot };
}

/** Keeps the events of what runs beside a step from moving it: they are about another action. */
export function ofAnother(step: Placed) {
  if (step.slot === undefined) return [];
  return [{ guard: { type: 'isOfAnother' as const, params: of(step) } }];
}

/** Carries out a part of a step that only reads, or connects first; see {@link connectsFirst}. */
export function execute(step: Placed, part: StepPart) {
  const read = {
    type: 'executeRead' as const,
    params: ({ context }: Of) => executionOf(context, step, part),
  };
  if (!differsByServer(partOf(step, part)?.body)) return [read];
  return [{ type: 'noteConnecting' as const, params: { ...of(step), part } }, read];
}

/** Leads from the connection that was needed to choose a text to `state`, where that text is used. */
export function connectsFirst(step: Placed, part: StepPart, state: string) {
  if (!differsByServer(partOf(step, part)?.body)) return [];
  const guard = { type: 'hasConnected' as const, params: of(step) };
  return [{ guard, target: state, reenter: true }];
}

/** Fails the step with a reason of this engine's own. */
export function failWith(step: Placed, message: string, kind: ErrorKind = 'unexpected') {
  return { type: 'fail' as const, params: { ...of(step), error: { kind, message } } };
}

/** Asks the operator something about a step, and says which item of it it is about. */
export function ask(step: Placed, asked: (of: Of) => Omit<Await, 'step' | 'item'> | undefined) {
  return {
    type: 'await' as const,
    params: (given: Of): Await | undefined => {
      const what = asked(given);
      const { item } = visitOf(given.context, step.slot);
      return what && { step: step.id, item, ...what };
    },
  };
}
