import { counted } from '#text/count.ts';
import { timeOfDay } from '#text/duration.ts';
import type { RunAlert } from '../log/run-alert.ts';
import type { AlertView, RunView } from '../view/run-view.ts';

/** Returns what was told of an alert at a time, e.g. `alert of am: “Pool of db-1 is full” has been firing since 21:14:07 UTC`. */
export function alertText(alert: RunAlert, at: string): string {
  const { source, title, status } = alert;
  const what = `alert of ${source}: “${title}”`;
  if (status === 'resolved') return `${what} was resolved`;
  const since = sinceText(alert, at);
  return since === '' ? `${what} is firing` : `${what} has been firing${since}`;
}

/** Returns the place of an alert in the words of its source, as far as it is known. */
export function alertPlace({ labels }: RunAlert): string | undefined {
  return labels.instance ?? labels.host ?? labels.entity ?? labels.service;
}

/** Returns an alert in a line of a list: its title, and its place unless the title names it. */
export function alertLine(alert: RunAlert): string {
  const place = alertPlace(alert);
  return place === undefined || alert.title.includes(place)
    ? alert.title
    : `${alert.title} (${place})`;
}

/** Returns since when an alert fires, or that it is resolved, with the time. */
export function alertState(alert: AlertView): string {
  return alert.status === 'resolved'
    ? `resolved at ${timeOfDay(alert.at)} UTC`
    : `firing${sinceText(alert, alert.at) || `, reported at ${timeOfDay(alert.at)} UTC`}`;
}

/** Returns the notice for who is about to change something though nothing fires any more; `undefined` if something does. */
export function resolvedNotice({ alerts = [] }: RunView): string | undefined {
  const last = alerts
    .map(({ at }) => at)
    .toSorted()
    .at(-1);
  if (last === undefined || alerts.some(({ status }) => status === 'firing')) return undefined;
  const which =
    alerts.length === 1 ? 'The alert was' : `The ${counted(alerts.length, 'alert')} were`;
  const when = alerts.length === 1 ? '' : ', the last of them';
  return `${which} resolved${when} at ${timeOfDay(last)} UTC. Is this change still needed?`;
}

/** A source can write anything there. A time of another day has its date. */
function sinceText({ startsAt = '' }: RunAlert, at: string): string {
  const ms = Date.parse(startsAt);
  if (Number.isNaN(ms)) return '';
  const since = new Date(ms).toISOString();
  const day = since.slice(0, 10);
  return ` since ${at.startsWith(day) ? '' : `${day} `}${timeOfDay(since)} UTC`;
}
