import type { StepError } from '#runbook/model/step-error.ts';
import type { StepOutcome } from '../executor.ts';

const LOST = 'The server may have carried it out all the same: check before running it again.';

/** Appends a sentence to the hint of an error. */
export function withHint(error: StepError, hint: string): StepError {
  return { ...error, hint: error.hint === undefined ? hint : `${error.hint} ${hint}` };
}

/** Returns the outcome of a change that the server never answered: unknown. */
export function unansweredChange(error: StepError): StepOutcome {
  return { status: 'unknown', error: withHint(error, LOST) };
}
