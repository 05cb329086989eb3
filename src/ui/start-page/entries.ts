import type { RunRow } from '#events/view/run-row.ts';
import type { ListedRunbook, StartPage } from './page.ts';
import { searchIn } from './search.ts';

/** An entry of the list: a run to resume, or a runbook to open. */
export type Entry =
  | { readonly key: string; readonly kind: 'run'; readonly run: RunRow }
  | { readonly key: string; readonly kind: 'runbook'; readonly runbook: ListedRunbook };

/** The entries that match a query. */
export type Entries = {
  /** The unfinished runs, then the runbooks. */
  readonly all: readonly Entry[];
  /** The number of unfinished runs omitted to leave room for the runbooks. */
  readonly moreRuns: number;
};

/** The number of unfinished runs listed without a query. */
const LISTED_RUNS = 4;

/** Returns the entries: without a query all runbooks and the most recent unfinished runs. */
export function entriesOf(page: StartPage, query: string): Entries {
  const unfinished = unfinishedRuns(page);
  const found = searchIn(unfinished, query, ({ id, runbook = '', operator = '', step = '' }) => {
    return { names: [runbook, id], texts: [operator, step], signs: [] };
  });
  const runs = query.trim() === '' ? found.slice(0, LISTED_RUNS) : found;
  const runbooks = searchIn(
    firstOfAll(page.runbooks),
    query,
    ({ name, title, summary, symptoms }) => {
      return { names: [name], texts: [title, summary], signs: symptoms };
    },
  );
  return {
    all: [
      ...runs.map((run): Entry => ({ key: `run ${run.id}`, kind: 'run', run })),
      ...runbooks.map(
        (one): Entry => ({ key: `runbook ${one.name}`, kind: 'runbook', runbook: one }),
      ),
    ],
    moreRuns: found.length - runs.length,
  };
}

/** The runbook to start with if the cause is unknown: it leads to the others. */
const TO_BEGIN_WITH = 'triage';

function firstOfAll(runbooks: readonly ListedRunbook[]): readonly ListedRunbook[] {
  const begin = runbooks.filter(({ name }) => name === TO_BEGIN_WITH);
  return [...begin, ...runbooks.filter(({ name }) => name !== TO_BEGIN_WITH)];
}

/** Returns the unfinished runs, most recent first; of unreadable ones, those of a later build. */
export function unfinishedRuns({ runs }: StartPage): readonly RunRow[] {
  return runs.filter(
    ({ status, cannotResume }) =>
      status === 'paused' || status === 'interrupted' || cannotResume !== undefined,
  );
}

/**
 * Returns the entry that a new query selects: a runbook before a run, which may be old. An empty
 * query selects nothing.
 */
export function firstFound(page: StartPage, query: string): string | undefined {
  if (query.trim() === '') return undefined;
  const { all } = entriesOf(page, query);
  return (all.find(({ kind }) => kind === 'runbook') ?? all[0])?.key;
}
