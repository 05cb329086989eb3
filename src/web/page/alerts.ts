import type { AlertView } from '#events/view/run-view.ts';
import { alertPlace, alertState } from '#events/wording/alert-text.ts';
import { counted } from '#text/count.ts';
import type { Person } from '../access.ts';
import type { AlertCount, ServedAlert } from '../served-team.ts';
import { page } from './frame.ts';
import { type Content, exact, type Markup, markup } from './markup.ts';
import type { ShownRun } from './shown-run.ts';
import { age, clockTime } from './time.ts';

/** The alerts of a run that have a card; the others are counted. */
const MOST_CARDS = 3;

/** Returns the alerts that a run is about: on what, since when, whether each still fires. */
export function alertsMarkup({ view, alerts: counts, now }: ShownRun): Markup {
  const { alerts = [] } = view;
  const cards = alerts.slice(0, MOST_CARDS).map((alert) => {
    const count = counts.find(({ source, key }) => source === alert.source && key === alert.key);
    return card(alert, count, now);
  });
  const more = alerts.length - cards.length;
  return markup`<div id="alerts" data-region data-say="${
    alerts.some(isResolved) &&
    alerts
      .filter(isResolved)
      .map((alert) => `${alert.title}: ${alertState(alert)}.`)
      .join(' ')
  }">${
    cards.length > 0 &&
    markup`<section aria-labelledby="h-alerts"><h2 id="h-alerts">${alerts.length === 1 ? 'Alert' : 'Alerts'}</h2>
${cards}${more > 0 && markup`<p class="small">And ${counted(more, 'more alert')}, in the timeline.</p>`}</section>`
  }</div>`;
}

function isResolved({ status }: AlertView): boolean {
  return status === 'resolved';
}

function card(alert: AlertView, count: AlertCount | undefined, now: number): Markup {
  const { title, source, labels, annotations, links, leftOut } = alert;
  const pages = links.map(({ name, url }) => markup`${linked(url, name)} `);
  const where = alertPlace(alert);
  return markup`<div class="note" data-s="${isResolved(alert) ? 'done' : 'wait'}"><p><strong>${title}</strong></p>
<p>${where !== undefined && markup`<b class="mono">${where}</b> `}<b>${capital(alertState(alert))}</b>${count !== undefined && markup`<span class="faint">, seen ${count.seen === 1 ? 'once' : counted(count.seen, 'time')}, last ${age(count.lastAt.toISOString(), now, { ago: true })}</span>`}</p>
${pages.length > 0 && markup`<p class="small">${pages}</p>`}
<details class="fold"><summary>Labels and annotations, from ${source}</summary>${texts(labels)}${texts(annotations)}${leftOut !== undefined && markup`<p class="small">${counted(leftOut, 'more')} too long to be kept.</p>`}</details></div>
`;
}

function texts(named: Readonly<Record<string, string>>): Content {
  const all = Object.entries(named);
  if (all.length === 0) return undefined;
  return markup`<dl class="kv">${all.map(([name, text]) => markup`<dt class="mono">${name}</dt><dd>${linked(text)}</dd>`)}</dl>`;
}

/** A runbook or a dashboard is often the value of an annotation. */
function linked(text: string, name = text): Markup {
  return /^https?:\/\/\S+$/i.test(text)
    ? markup`<a href="${exact(text)}" rel="noreferrer">${name}</a>`
    : markup`${name}`;
}

function capital(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}

/** The content of the page with all alerts. */
export type ShownAlerts = {
  readonly alerts: readonly ServedAlert[];
  /** The ID to continue after, if there are more. */
  readonly more: string | undefined;
  readonly nonce: string;
  readonly person: Person;
  readonly now: number;
};

/** The words of a decision, and its look. */
const DECIDED: Readonly<Record<string, readonly [look: string, says: string]>> = {
  started: ['run', 'Started a run'],
  joined: ['off', 'Joined the open run'],
  resolved: ['done', 'Resolved'],
  'no-route': ['wait', 'No route matches'],
  refused: ['fail', 'Refused'],
  limited: ['fail', 'Limited'],
};

/** The decisions after which an alert may be tried again, by the routes and in the state of now. */
const STARTED_NONE: readonly string[] = ['no-route', 'refused', 'limited'];

/** Returns the page with the alerts that came, and what was decided about each. */
export function alertsPage({ alerts, more, nonce, person, now }: ShownAlerts): string {
  const rows = alerts.map((alert) => row(alert, now));
  const table = markup`<table class="stack"><thead><tr><th scope="col">Alert</th><th scope="col">Source</th><th scope="col">Decision</th><th scope="col">Came</th></tr></thead><tbody>${rows}</tbody></table>`;
  return page({
    ...{ nonce, person, current: 'alerts', title: 'Alerts' },
    main: markup`<div class="head"><h1>Alerts</h1></div>
${rows.length === 0 ? markup`<p class="faint">No alert that you may see has come.</p>` : table}
${more !== undefined && markup`<p><a href="${exact(`/alerts?before=${more}`)}">Older alerts</a></p>`}`,
  });
}

function row(alert: ServedAlert, now: number): Markup {
  const { id, title, labels, source, status, decision, reason, run, receivedAt } = alert;
  const [look, says] = DECIDED[decision] ?? ['off', decision];
  const named = Object.entries(labels).map(([name, text]) => `${name}=${text}`);
  const at = receivedAt.toISOString();
  return markup`<tr><th scope="row">${title ?? labels.alertname ?? 'Alert'}<details class="fold"><summary class="small">Labels</summary><p class="small mono">${named.join(' ')}</p></details></th>
<td data-l="Source">${source}</td>
<td data-l="Decision"><span class="state" data-s="${look}">${says}</span>${reason !== undefined && markup`<p class="small">${reason}</p>`}${run !== undefined && markup`<p class="small"><a href="/r/${exact(encodeURIComponent(run))}">${run}</a></p>`}${STARTED_NONE.includes(decision) && status === 'firing' && markup`<form method="post" action="/alerts/${exact(encodeURIComponent(id))}/again" data-plain><button type="submit" class="little">Try again</button></form>`}</td>
<td data-l="Came">${age(at, now, { ago: true })} <span class="small faint">${clockTime(at)}</span></td></tr>
`;
}
