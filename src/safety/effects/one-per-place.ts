import type { Reason } from './report.ts';

/** Of so many reasons in one text, the first are shown. */
export const MOST_SHOWN = 5;

/** Returns of the reasons for one place the last, which tells most, and of all places the first few. */
export function onePerPlace(reasons: readonly Reason[]): readonly Reason[] {
  const byPlace = new Map(reasons.map((reason) => [reason.span.start, reason]));
  return [...byPlace.values()].slice(0, MOST_SHOWN);
}
