/** Without vowels, to avoid words, and without characters that look or sound alike. */
const SPEAKABLE = '23456789bcdfghjkmnpqrstvwxz';
const RUN_ID = /^\d{8}-\d{4}-[a-z0-9-]+-[a-z0-9]{4}$/;

/**
 * Returns an ID such as `20261121-0312-pool-exhausted-k3f9`: the UTC minute, the runbook, a random
 * part.
 */
export function newRunId(name: string, now: Date, random: () => number): string {
  const [date = '', time = ''] = now.toISOString().split('T');
  const minute = `${date.replaceAll('-', '')}-${time.slice(0, 5).replace(':', '')}`;
  const chance = Array.from(
    { length: 4 },
    () => SPEAKABLE[Math.floor(random() * SPEAKABLE.length)],
  );
  return `${minute}-${name.toLowerCase().replace(/[^a-z0-9-]+/g, '-')}-${chance.join('')}`;
}

/** Tells whether a name has the format of {@link newRunId}. */
export function isRunId(name: string): boolean {
  return RUN_ID.test(name);
}

/** Returns the part of an ID with the minute of the run's start. */
export function runMinute(id: string): string {
  return id.slice(0, 'YYYYMMDD-HHMM'.length);
}
