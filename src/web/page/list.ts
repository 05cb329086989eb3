import type { TeamRow } from '#events/view/run-row.ts';
import { counted } from '#text/count.ts';
import type { Person } from '../access.ts';
import type { ListedRuns, ListFilter } from '../listed-runs.ts';
import { page } from './frame.ts';
import { type Content, exact, type Markup, markup } from './markup.ts';
import { badge, severityMark, standingOf } from './state.ts';
import { age } from './time.ts';

/** The content of the list of runs. */
export type ShownList = ListedRuns & {
  readonly wanted: ListFilter;
  readonly nonce: string;
  readonly person: Person;
  readonly now: number;
};

/** Returns the page with the list of runs: those that wait for somebody first. */
export function listPage(shown: ShownList): string {
  const { waiting, running, finished, counts, nonce, person, more, wanted, now } = shown;
  const groups = [
    group('waiting', 'Waiting for somebody', waiting, { now, all: counts.waiting }),
    group('running', 'Running', running, { now, all: counts.running }),
    group('finished', 'Finished', finished, { now }),
  ].filter((shownGroup) => shownGroup !== undefined);
  return page({
    ...{ nonce, person, current: 'runs', isLive: true },
    title: counts.waiting === 0 ? 'Runs' : `Runs, ${counts.waiting} waiting`,
    data: markup` data-list`,
    main: markup`<div class="head"><h1>Runs</h1></div>
${filter(shown)}
<div id="runs" data-region>${groups.length === 0 ? markup`<p class="faint">No run matches.</p>` : groups}
${more !== undefined && markup`<p><a href="${exact(olderLink(wanted, more))}">Older runs</a></p>`}</div>`,
  });
}

/** `all` is the number of all that match, of which only the first are listed. */
function group(
  id: string,
  title: string,
  runs: readonly TeamRow[],
  { now, all }: { readonly now: number; readonly all?: number },
): Content {
  if (runs.length === 0) return undefined;
  const left = (all ?? 0) - runs.length;
  return markup`<section aria-labelledby="h-${id}"><h2 id="h-${id}">${title}${all !== undefined && markup` <span class="faint num">${all}</span>`}</h2>
<ul class="runs">${runs.map((run) => item(run, now))}</ul>${left > 0 && markup`<p class="small">${counted(left, 'more run')}: filter to see them.</p>`}</section>`;
}

function item(run: TeamRow, now: number): Markup {
  const standing = standingOf(run);
  const what = run.trouble ?? (run.status === 'waiting' ? (run.stepTitle ?? run.step) : undefined);
  const about = [run.alert, run.found].filter((text) => text !== undefined);
  return markup`<li data-s="${standing.look}">${severityMark(run.severity)}
<div class="what"><a href="/r/${exact(encodeURIComponent(run.id))}">${run.title}</a><p class="small faint">${run.environment}${run.mode === 'dry-run' && ' · dry run'} · ${run.runbook}</p>${about.map((text) => markup`<p class="small">${text}</p>`)}</div>
<div class="for"><p>${badge(standing)}</p>${what !== undefined && markup`<p class="small">${what}</p>`}</div>
<p class="who small"><span class="faint">Started by</span> ${run.startedBy}</p>
<p class="since">${sinceOf(run, now)}</p></li>
`;
}

/** How long it waits, how long it runs, or how long ago it ended. */
function sinceOf({ status, waitingSince, startedAt, changedAt }: TeamRow, now: number): Markup {
  if (status === 'finished') return age(changedAt, now, { ago: true });
  return markup`for ${age((status === 'waiting' ? waitingSince : startedAt) ?? changedAt, now)}`;
}

const STATES = [
  ['', 'All'],
  ['open', 'Not finished'],
  ['finished', 'Finished'],
] as const;

function filter({ wanted, known }: ShownList): Markup {
  const { state, runbook = '', environment = '', text = '' } = wanted;
  const options = STATES.map(
    ([value, word]) =>
      markup`<option value="${value}"${(state ?? '') === value && markup` selected`}>${word}</option>`,
  );
  return markup`<form class="filter" method="get" action="/" aria-label="Filter runs">
<div><label for="f-text">Search</label><input type="search" id="f-text" name="q" value="${exact(text)}"></div>
<div><label for="f-env">Environment</label><input type="text" id="f-env" name="environment" list="known-env" value="${exact(environment)}">${suggestions('known-env', known.environments)}</div>
<div><label for="f-book">Runbook</label><input type="text" id="f-book" name="runbook" list="known-book" value="${exact(runbook)}">${suggestions('known-book', known.runbooks)}</div>
<div><label for="f-state">State</label><select id="f-state" name="state">${options}</select></div>
<button type="submit">Filter</button>
</form>`;
}

function suggestions(id: string, names: readonly string[]): Markup {
  return markup`<datalist id="${id}">${names.map((name) => markup`<option value="${exact(name)}"></option>`)}</datalist>`;
}

function olderLink(wanted: ListFilter, before: string): string {
  const { state, runbook, environment, text: q } = wanted;
  const asked = Object.entries({ state, runbook, environment, q, before });
  const given = asked.filter((one): one is [string, string] => one[1] !== undefined);
  return `/?${new URLSearchParams(given)}`;
}
