import { clock, msBetween, shortDuration, timeOfDay } from '../events/phrases.ts';
import { text } from './markdown-text.ts';

/** Writes the times of one run: in UTC, and where it is wanted in local time too. */
export type RunTimes = {
  /** The time of day and the time since the run began; with the date when it is another day. */
  at(iso: string): string;
  /** Date and time, with the local time and its offset when a time zone is known. */
  full(iso: string): string;
};

/** Returns how the times of a run that began at an ISO time are written. */
export function runTimes(
  startedAt: string,
  { timeZone, localTimes }: { readonly timeZone?: string; readonly localTimes?: boolean },
): RunTimes {
  const zone = timeZone === 'UTC' ? undefined : timeZone;
  return {
    at: (iso) => {
      const day = iso.slice(0, 10) === startedAt.slice(0, 10) ? '' : `${iso.slice(5, 10)} `;
      const local =
        zone === undefined || localTimes !== true ? '' : ` (${localTime(iso, zone).slice(0, 8)})`;
      const since = clock(msBetween(startedAt, iso));
      return `**${text(`${day}${timeOfDay(iso)}`)}**${local} +${since}`;
    },
    full: (iso) => {
      const utc = text(`${iso.slice(0, 10)} ${timeOfDay(iso)} UTC`);
      return zone === undefined ? utc : `${utc} (${localTime(iso, zone)})`;
    },
  };
}

/** Returns how long something took: `140 ms`, `2.0s`, `1m13s`. */
export function took(ms: number): string {
  return ms < 1000 ? `${Math.round(ms)} ms` : shortDuration(ms);
}

/** Returns a local time with its zone, e.g. `04:12:00 +01:00 Europe/Berlin`. */
function localTime(iso: string, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  }).formatToParts(new Date(iso));
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((found) => found.type === type)?.value ?? '';
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  return `${part('hour')}:${part('minute')}:${part('second')} ${offset} ${timeZone}`;
}
