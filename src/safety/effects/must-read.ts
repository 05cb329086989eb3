import type { Diagnostic } from '../../runbook/diagnostic.ts';
import type { Reason } from './effect-report.ts';
import type { Judged } from './judged.ts';

/** Of so many reasons in one text, the first are shown. */
export const MOST_SHOWN = 5;

/** Returns what is wrong with something that runs without a gate: it is not a read, or not proven to be one. */
export function mustRead({ report, problems }: Judged, what: string): readonly Diagnostic[] {
  if (problems.length > 0) return problems;
  return onePerPlace(report.because).map(({ text, span, certain }) => ({
    severity: 'error',
    code: 'effect-not-read',
    message: certain
      ? `${what} has to be a read: ${text}`
      : `${what} has to be proven to only read: ${text}`,
    span,
    hint: certain
      ? 'leave it to a step with a gate'
      : 'write it so that it can be proven, or make it a step of its own with read_because:',
  }));
}

/** Returns of the reasons for one place the last, which tells most, and of all places the first few. */
export function onePerPlace(reasons: readonly Reason[]): readonly Reason[] {
  const byPlace = new Map(reasons.map((reason) => [reason.span.start, reason]));
  return [...byPlace.values()].slice(0, MOST_SHOWN);
}
