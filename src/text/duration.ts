const UNITS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 365 * 86_400_000,
};

/**
 * Parses a duration such as `500ms`, `10s`, `5m` or `1h` into milliseconds. Returns undefined for
 * other text.
 */
export function parseDuration(text: string): number | undefined {
  return parseIn(text, /^(\d+(?:\.\d+)?)(ms|s|m|h)$/);
}

/**
 * Parses an age in whole hours, days, weeks or years (`12h`, `30d`, `2w`, `1y`) into milliseconds. Returns
 * undefined for other text.
 */
export function parseAge(text: string): number | undefined {
  return parseIn(text, /^(\d+)([hdwy])$/);
}

function parseIn(text: string, form: RegExp): number | undefined {
  const [, count, unit = ''] = form.exec(text.trim()) ?? [];
  return count === undefined ? undefined : Math.round(Number(count) * (UNITS[unit] ?? 0));
}

/**
 * Formats a duration, in milliseconds, in at most two units, rounded down: `850 ms`, `4.2 s`,
 * `3 min 5 s`, `2 h 10 min`. Below ten seconds it has tenths.
 */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${Math.max(0, Math.floor(ms))} ms`;
  if (ms < 10_000) return `${Math.floor(ms / 100) / 10} s`;
  return formatSeconds(ms);
}

/**
 * Formats a duration in whole seconds or longer units, for a display that updates once a second:
 * `0 s`, `2 min 4 s`.
 */
export function formatSeconds(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? inTwo(minutes, 'min', seconds % 60, 's')
    : inTwo(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
}

function inTwo(large: number, unit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${smallUnit}`;
}

/** Formats a running time, in milliseconds, as a clock: `02:14`, `1:02:14`. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const minutes = two(Math.floor(seconds / 60) % 60);
  const hours = Math.floor(seconds / 3_600);
  return `${hours > 0 ? `${hours}:` : ''}${minutes}:${two(seconds % 60)}`;
}

/** Returns the time of day of an ISO time in UTC: `HH:MM:SS`. */
export function timeOfDay(at: string): string {
  return at.slice(11, 19);
}

/** Returns the milliseconds between two ISO times. */
export function msBetween(from: string, to: string): number {
  return Date.parse(to) - Date.parse(from);
}

/**
 * Formats the age of an ISO time: `just now`, `5 min ago`, `3 days ago`, or the date after 60 days.
 * `now` is in milliseconds since 1970. Returns an empty text for an invalid time.
 */
export function ago(at: string, now: number): string {
  const ms = now - Date.parse(at);
  if (Number.isNaN(ms)) return '';
  if (ms < 60_000) return 'just now';
  if (ms < 3_600_000) return `${Math.floor(ms / 60_000)} min ago`;
  if (ms < 2 * 86_400_000) return `${Math.floor(ms / 3_600_000)} h ago`;
  return ms < 60 * 86_400_000 ? `${Math.floor(ms / 86_400_000)} days ago` : at.slice(0, 10);
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
