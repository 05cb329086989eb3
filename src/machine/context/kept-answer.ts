import { assertEvent } from 'xstate';
import type { Json } from '#runbook/model/value.ts';
import type { MachineContext, Visit } from '../context.ts';
import type { MachineEvent } from '../event.ts';
import type { Placed } from '../placed-step.ts';
import { questionOf } from './choices.ts';
import { visitOf, withVisit } from './frames.ts';

/** The form in which an answer is stored: as a number, as a given input, or as one of several. */
export type AnswerKept = {
  readonly slot?: string;
  readonly number: boolean;
  readonly asksInput: boolean;
  /** The name of the answer, if the step has several. */
  readonly field?: string | undefined;
};

/** Returns the form in which the answer to a step, or to one of its fields, is stored. */
export function answerForm(step: Placed, field: string | undefined): AnswerKept {
  return {
    number: questionOf(step, field)?.answer === 'number',
    asksInput: step.does.kind === 'ask' && step.does.input !== undefined,
    field,
  };
}

/** Returns the part of the context with the operator's answer or report. */
export function withAnswer(
  context: MachineContext,
  event: MachineEvent,
  { slot, number, asksInput, field }: AnswerKept,
): Partial<MachineContext> {
  const visit = visitOf(context, slot);
  if (event.type === 'ANSWER') {
    if (asksInput) {
      const isGiven = event.inputs !== undefined;
      return withVisit(context, slot, { ...visit, result: { given: isGiven } });
    }
    const answer = number ? Number(event.value) : event.value;
    const result = field === undefined ? { answer } : withField(visit, field, answer);
    return withVisit(context, slot, { ...visit, result });
  }
  assertEvent(event, 'REPORT');
  const { done, evidence } = event;
  return withVisit(context, slot, { ...visit, result: { done, evidence } });
}

function withField({ result }: Visit, field: string, answer: string | number) {
  const { answers = {} } = (result ?? {}) as { readonly answers?: Readonly<Record<string, Json>> };
  return { answers: { ...answers, [field]: answer } };
}
