import { usageError } from '#errors.ts';
import { parseAge } from '#text/duration.ts';

/** Parses a time: an age such as `12h`, `30d` or `2w`, or a date or time. Returns ISO, UTC. */
export function readMoment(option: string, text: string, now: Date): string {
  const age = parseAge(text);
  const ms = age === undefined ? dateOf(text) : now.getTime() - age;
  if (Number.isNaN(ms))
    throw usageError(`${option} "${text}": expected a time`, 'e.g. 12h, 30d, 2w or 2026-11-21');
  return new Date(ms).toISOString();
}

/** A date without a time is midnight UTC, as in the IDs of runs. */
function dateOf(text: string): number {
  return /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
}
