import type { StepError } from '#runbook/model/step-error.ts';
import type { StepOutcome } from '../executor.ts';

const LOST = 'The server may have carried it out all the same: check before running it again.';

/** Returns an error with one more sentence of advice. */
export function withHint(error: StepError, hint: string): StepError {
  return { ...error, hint: error.hint === undefined ? hint : `${error.hint} ${hint}` };
}

/** Returns the outcome of a change whose answer never came. */
export function unansweredChange(error: StepError): StepOutcome {
  return { status: 'unknown', error: withHint(error, LOST) };
}
