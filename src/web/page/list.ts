import type { TeamRow, WantedRuns } from '#events/view/run-row.ts';
import type { Person } from '../access.ts';
import { page } from './frame.ts';
import { type Content, exact, type Markup, markup } from './markup.ts';
import { badge, severityMark, standingOf } from './state.ts';
import { age } from './time.ts';

/** The content of the list of runs. */
export type ShownList = {
  readonly runs: readonly TeamRow[];
  readonly wanted: Omit<WantedRuns, 'limit'>;
  /** The ID to continue after, if there are more. */
  readonly more: string | undefined;
  readonly nonce: string;
  readonly person: Person;
  readonly now: number;
};

const GROUPS = [
  ['waiting', 'Waiting for somebody', (run: TeamRow) => run.status === 'waiting'],
  ['running', 'Running', (run: TeamRow) => run.status !== 'waiting' && run.status !== 'finished'],
  ['finished', 'Finished', (run: TeamRow) => run.status === 'finished'],
] as const;

/** Returns the page with the list of runs: those that wait for somebody first. */
export function listPage(shown: ShownList): string {
  const { runs, nonce, person, more } = shown;
  const groups = GROUPS.map(([id, title, is]) => group(id, title, runs.filter(is), shown.now));
  const waiting = runs.filter(({ status }) => status === 'waiting').length;
  return page({
    ...{ nonce, person, current: 'runs', isLive: true },
    title: waiting === 0 ? 'Runs' : `Runs, ${waiting} waiting`,
    data: markup` data-list`,
    main: markup`<div class="head"><h1>Runs</h1></div>
${filter(shown.wanted)}
<div id="runs" data-region>${runs.length === 0 ? markup`<p class="faint">No run matches.</p>` : groups}
${more !== undefined && markup`<p><a href="${exact(olderLink(shown.wanted, more))}">Older runs</a></p>`}</div>`,
  });
}

function group(id: string, title: string, runs: readonly TeamRow[], now: number): Content {
  if (runs.length === 0) return undefined;
  return markup`<section aria-labelledby="h-${id}"><h2 id="h-${id}">${title} <span class="faint num">${runs.length}</span></h2>
<ul class="runs">${runs.map((run) => item(run, now))}</ul></section>`;
}

function item(run: TeamRow, now: number): Markup {
  const standing = standingOf(run);
  const what = run.trouble ?? (run.status === 'waiting' ? (run.stepTitle ?? run.step) : undefined);
  const about = [run.alert, run.found].filter((text) => text !== undefined);
  return markup`<li data-s="${standing.look}">${severityMark(run.severity)}
<div class="what"><a href="/r/${exact(encodeURIComponent(run.id))}">${run.title}</a><p class="small faint">${run.environment}${run.mode === 'dry-run' && ' · dry run'} · ${run.runbook}</p>${about.map((text) => markup`<p class="small">${text}</p>`)}</div>
<div class="for"><p>${badge(standing)}</p>${what !== undefined && markup`<p class="small">${what}</p>`}</div>
<p class="who small"><span class="faint">Started by</span> ${run.startedBy}</p>
<p class="since">${age(run.changedAt, now, { ago: true })}</p></li>
`;
}

const STATES = [
  ['', 'All'],
  ['open', 'Not finished'],
  ['finished', 'Finished'],
] as const;

function filter({ state, runbook = '', environment = '' }: ShownList['wanted']): Markup {
  const options = STATES.map(
    ([value, word]) =>
      markup`<option value="${value}"${(state ?? '') === value && markup` selected`}>${word}</option>`,
  );
  return markup`<form class="filter" method="get" action="/" aria-label="Filter runs">
<div><label for="f-env">Environment</label><input type="text" id="f-env" name="environment" value="${exact(environment)}"></div>
<div><label for="f-book">Runbook</label><input type="text" id="f-book" name="runbook" value="${exact(runbook)}"></div>
<div><label for="f-state">State</label><select id="f-state" name="state">${options}</select></div>
<button type="submit">Filter</button>
</form>`;
}

function olderLink({ state, runbook, environment }: ShownList['wanted'], before: string): string {
  const asked = Object.entries({ state, runbook, environment, before });
  const given = asked.filter((one): one is [string, string] => one[1] !== undefined);
  return `/?${new URLSearchParams(given)}`;
}
