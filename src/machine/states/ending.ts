import type { ChildEnd, RunEnd } from '../context.ts';
import type { DecidedEvent } from '../effect.ts';
import { firstFinalOf, type Placed } from '../placed-step.ts';
import type { Of } from '../step-of.ts';

/** The end of a runbook whose last step is not a finish step: it has not declared anything resolved. */
export const UNSAID: ChildEnd = {
  outcome: 'unresolved',
  summary: 'The runbook ended without saying how.',
};

/**
 * Returns the actions that end the runbook of a step. The end of a run with `finally` is kept until
 * the last of those steps, and stays what it was.
 */
export function ending(step: Placed, end: (given: Of) => ChildEnd) {
  const { frame, isFinal = false } = step;
  if (frame !== '') {
    const params = (given: Of) => ({ frame, ...end(given) });
    return isFinal ? [] : [{ type: 'endChild' as const, params }];
  }
  if (!isFinal && firstFinalOf(step.runbook) !== undefined)
    return [{ type: 'endRun' as const, params: end }];
  const params = (given: Of): DecidedEvent => {
    const ended: RunEnd = (isFinal ? given.context.end : undefined) ?? end(given);
    return { type: 'run.finished', ...ended };
  };
  return [{ type: 'record' as const, params }];
}
