import type { Moment } from '#events/telling/say.ts';
import { clock, msBetween, timeOfDay } from '#text/duration.ts';
import { harmlessLine } from '#text/harmless.ts';

/** Formats the times of one run: in UTC, and optionally in local time too. */
export type RunTimes = {
  /** The time of day and the time since the run started; with the date on another day. */
  at(iso: string): Moment;
  /** The time of day, with the local one if it is shown, as plain text. */
  plain(iso: string): string;
  /** Date and time, with the local time and its offset if a time zone is given. */
  full(iso: string): string;
  /** The zone whose time is shown beside UTC in every time of day. */
  readonly zone?: string;
};

/** Returns the formatter of the times of a run that started at an ISO time. */
export function runTimes(
  startedAt: string,
  { timeZone, localTimes }: { readonly timeZone?: string; readonly localTimes?: boolean },
): RunTimes {
  const zone = timeZone === 'UTC' ? undefined : timeZone;
  const dayTime = (iso: string) => {
    const day = iso.slice(0, 10) === startedAt.slice(0, 10) ? '' : `${iso.slice(5, 10)} `;
    return `${day}${timeOfDay(iso)}`;
  };
  const local = (iso: string) =>
    zone === undefined || localTimes !== true ? undefined : localTime(iso, zone).clock;
  return {
    ...(zone === undefined || localTimes !== true ? {} : { zone }),
    at: (iso) => ({
      kind: 'time',
      utc: harmlessLine(dayTime(iso)).trim(),
      local: local(iso),
      since: clock(msBetween(startedAt, iso)),
    }),
    plain: (iso) => {
      const here = local(iso);
      return `${dayTime(iso)} UTC${here === undefined ? '' : ` (${here})`}`;
    },
    full: (iso) => {
      const utc = `${iso.slice(0, 10)} ${timeOfDay(iso)} UTC`;
      if (zone === undefined) return utc;
      const { date, clock: time, offset } = localTime(iso, zone);
      const day = date === iso.slice(0, 10) ? '' : `${date} `;
      return `${utc} (${day}${time} ${offset} ${zone})`;
    },
  };
}

/** Returns a time in a zone, e.g. `2026-11-21`, `04:12:00` and `+01:00`. */
function localTime(
  iso: string,
  timeZone: string,
): { readonly date: string; readonly clock: string; readonly offset: string } {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  }).formatToParts(new Date(iso));
  const part = (type: Intl.DateTimeFormatPartTypes) =>
    parts.find((found) => found.type === type)?.value ?? '';
  const offset = part('timeZoneName').replace('GMT', '') || '+00:00';
  return {
    date: `${part('year')}-${part('month')}-${part('day')}`,
    clock: `${part('hour')}:${part('minute')}:${part('second')}`,
    offset,
  };
}
