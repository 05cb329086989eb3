import type { StepPart } from '#events/log/event.ts';
import type { ErrorKind } from '#runbook/model/step-error.ts';
import { visitOf } from './context/frames.ts';
import { differsByServer } from './context/open-engine.ts';
import { executionOf, partOf } from './context/rendering.ts';
import type { MachineContext } from './context.ts';
import type { Await } from './effect.ts';
import type { MachineEvent } from './event.ts';
import type { Placed } from './placed-step.ts';

/** The arguments that XState passes to actions and guards. */
export type Of = { readonly context: MachineContext; readonly event: MachineEvent };

/** The step that a guard or an action is about, and the slot of its visit. */
export type StepParams = { readonly step: string; readonly slot?: string };

/** Names a step for the guards and actions of its states. */
export function of({ id, slot }: Placed): StepParams {
  return slot === undefined ? { step: id } : { step: id, slot };
}

/** Keeps events of concurrent steps from moving this one: they are about another action. */
export function ofAnother(step: Placed) {
  if (step.slot === undefined) return [];
  return [{ guard: { type: 'isOfAnother' as const, params: of(step) } }];
}

/** Executes a part of a step that is a read, or connects first; see {@link connectsFirst}. */
export function execute(step: Placed, part: StepPart) {
  const read = {
    type: 'executeRead' as const,
    params: ({ context }: Of) => executionOf(context, step, part),
  };
  if (!differsByServer(partOf(step, part)?.body)) return [read];
  return [{ type: 'noteConnecting' as const, params: { ...of(step), part } }, read];
}

/** The transition from a connection that determines a text to `state`, which uses the text. */
export function connectsFirst(step: Placed, part: StepPart, state: string) {
  if (!differsByServer(partOf(step, part)?.body)) return [];
  const guard = { type: 'hasConnected' as const, params: of(step) };
  return [{ guard, target: state, reenter: true }];
}

/** Fails the step with an error that the machine raises, not an executor. */
export function failWith(step: Placed, message: string, kind: ErrorKind = 'unexpected') {
  return { type: 'fail' as const, params: { ...of(step), error: { kind, message } } };
}

/** Asks the operator about a step, and about the item of it. */
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
