import { assertEvent } from 'xstate';
import type { MachineContext } from '../context.ts';
import type { MachineEvent } from '../event.ts';
import { visitOf, withVisit } from './frames.ts';

/** The form in which an answer is stored: as a number, or as a given input. */
export type AnswerKept = {
  readonly slot?: string;
  readonly number: boolean;
  readonly asksInput: boolean;
};

/** Returns the part of the context with the operator's answer or report. */
export function withAnswer(
  context: MachineContext,
  event: MachineEvent,
  { slot, number, asksInput }: AnswerKept,
): Partial<MachineContext> {
  const visit = visitOf(context, slot);
  if (event.type === 'ANSWER') {
    if (asksInput) {
      const isGiven = event.inputs !== undefined;
      return withVisit(context, slot, { ...visit, result: { given: isGiven } });
    }
    const answer = number ? Number(event.value) : event.value;
    return withVisit(context, slot, { ...visit, result: { answer } });
  }
  assertEvent(event, 'REPORT');
  const { done, evidence } = event;
  return withVisit(context, slot, { ...visit, result: { done, evidence } });
}
