import { usageError } from '#errors.ts';

/** Without vowels, to avoid words, and without characters that look or sound alike. */
const SPEAKABLE = '23456789bcdfghjkmnpqrstvwxz';
const RUN_ID = /^\d{8}-\d{4}-[a-z0-9-]+-(?:[a-z0-9]{4}|[a-z0-9]{8})$/;

/**
 * Returns an ID such as `20261121-0312-pool-exhausted-k3f9`: the UTC minute, the runbook, a random
 * part of `length` characters.
 */
export function newRunId(name: string, now: Date, random: () => number, length: 4 | 8 = 4): string {
  const [date = '', time = ''] = now.toISOString().split('T');
  const minute = `${date.replaceAll('-', '')}-${time.slice(0, 5).replace(':', '')}`;
  const chance = Array.from({ length }, () => SPEAKABLE[Math.floor(random() * SPEAKABLE.length)]);
  return `${minute}-${name.toLowerCase().replace(/[^a-z0-9-]+/g, '-')}-${chance.join('')}`;
}

/** Returns whether a name has the format of {@link newRunId}. */
export function isRunId(name: string): boolean {
  return RUN_ID.test(name);
}

/** Returns the part of an ID with the minute of the run's start. */
export function runMinute(id: string): string {
  return id.slice(0, 'YYYYMMDD-HHMM'.length);
}

/**
 * Finds the ID of a run by itself, its first or last part, or `latest`, among IDs with the most
 * recent first. Throws unless there is exactly one.
 */
export function findRun(ids: readonly string[], wanted: string): string {
  const [latest] = ids;
  if (latest === undefined)
    throw usageError('there are no runs yet', '`runbook run NAME` makes one');
  if (wanted === 'latest') return latest;
  if (ids.includes(wanted)) return wanted;
  const found = ids.filter((id) => id.startsWith(wanted) || id.endsWith(`-${wanted}`));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw only === undefined
    ? usageError(`there is no run "${wanted}"`, `the newest are:\n${listed(ids)}`)
    : usageError(`"${wanted}" could be ${found.length} runs`, `say which one:\n${listed(found)}`);
}

function listed(ids: readonly string[]): string {
  const shown = ids.slice(0, 10).map((id) => `  ${id}`);
  const more = ids.length - shown.length;
  return [...shown, ...(more > 0 ? [`  and ${more} more (\`runbook runs\`)`] : [])].join('\n');
}
