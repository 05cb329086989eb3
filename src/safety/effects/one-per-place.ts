import type { Reason } from './report.ts';

/** The maximum number of reasons shown for one text. */
export const MOST_SHOWN = 5;

/** Returns the last and most specific reason per position, for the first few positions. */
export function onePerPlace(reasons: readonly Reason[]): readonly Reason[] {
  const byPlace = new Map(reasons.map((reason) => [reason.span.start, reason]));
  return [...byPlace.values()].slice(0, MOST_SHOWN);
}
