import { usageError } from '#errors.ts';

const HOUR_MS = 3_600_000;
const UNITS: Readonly<Record<string, number>> = { h: HOUR_MS, d: 24 * HOUR_MS, w: 168 * HOUR_MS };

/** Returns the moment that `12h`, `30d` or `2w` ago was, or that a date or time names; ISO, UTC. */
export function readMoment(option: string, text: string, now: Date): string {
  const [, count = '', unit = ''] = /^(\d+)([hdw])$/.exec(text) ?? [];
  const ago = UNITS[unit];
  const ms = ago === undefined ? dateOf(text) : now.getTime() - Number(count) * ago;
  if (Number.isNaN(ms))
    throw usageError(`${option} "${text}": expected a time`, 'e.g. 12h, 30d, 2w or 2026-11-21');
  return new Date(ms).toISOString();
}

/** A date alone begins at midnight UTC, as the ids of runs do. */
function dateOf(text: string): number {
  return /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
}
