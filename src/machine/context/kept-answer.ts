import { assertEvent } from 'xstate';
import type { MachineContext } from '../context.ts';
import type { MachineEvent } from '../event.ts';
import { visitOf, withVisit } from './frames.ts';

/** What an answer is kept as: a number, or that inputs were given. */
export type AnswerKept = {
  readonly slot?: string;
  readonly number: boolean;
  readonly asksInput: boolean;
};

/** Returns the part of the context that holds what the operator answered or reported. */
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
