import type { OpenCounts, TeamRow } from '#events/view/run-row.ts';
import type { Caller } from './access.ts';
import { seenEnvironments, type WebParts } from './seen-runs.ts';

/** The most runs of a group on one page; the count tells of more that are open. */
const PER_PAGE = 50;

/** The filters of the list, as its address has them. */
export type ListFilter = {
  readonly state?: 'open' | 'finished' | undefined;
  readonly runbook?: string | undefined;
  readonly environment?: string | undefined;
  readonly text?: string | undefined;
  /** Only finished runs with an ID before this one. */
  readonly before?: string | undefined;
};

/** The runs of the list that somebody may see. */
export type ListedRuns = {
  /** The most severe first, then those that wait longest. */
  readonly waiting: readonly TeamRow[];
  readonly running: readonly TeamRow[];
  readonly finished: readonly TeamRow[];
  /** Of all that match, however many are listed. */
  readonly counts: OpenCounts;
  /** The ID to continue after, if there are more finished ones. */
  readonly more: string | undefined;
  /** The names that the filters suggest. */
  readonly known: {
    readonly environments: readonly string[];
    readonly runbooks: readonly string[];
  };
};

/** Returns what a query asks for: what is left empty, as a form sends it, is not asked. */
export function asked(
  query: Readonly<Record<string, string>>,
): Readonly<Record<string, string | undefined>> {
  const entries = Object.entries(query).map(([name, value]) => [name, value.trim()] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== ''));
}

/** Returns the filters of an address. */
export function wantedOf(query: Readonly<Record<string, string>>): ListFilter {
  const { state, runbook, environment, q, before } = asked(query);
  return {
    state: state === 'open' || state === 'finished' ? state : undefined,
    ...{ runbook, environment, before },
    text: q?.slice(0, 200),
  };
}

/** Resolves with the runs that match, in the environments that somebody may see. */
export async function listedRuns(
  caller: Caller,
  { runs, access, team }: Pick<WebParts, 'runs' | 'access' | 'team'>,
  { state, environment, ...filter }: ListFilter,
): Promise<ListedRuns> {
  const seen = await seenEnvironments(caller, access);
  const environments = seen.filter((name) => environment === undefined || name === environment);
  const { before, ...matching } = { ...filter, environments };
  const isOpenWanted = state !== 'finished' && before === undefined;
  const open = (which: 'waiting' | 'running') =>
    isOpenWanted ? runs.list({ ...matching, state: which, limit: PER_PAGE }) : [];
  const [waiting, running, finished, counts] = await Promise.all([
    open('waiting'),
    open('running'),
    state === 'open' ? [] : runs.list({ ...matching, before, state: 'finished', limit: PER_PAGE }),
    isOpenWanted ? runs.counts(matching) : { waiting: 0, running: 0 },
  ]);
  return {
    ...{ waiting, running, finished, counts },
    more: finished.length < PER_PAGE ? undefined : finished.at(-1)?.id,
    known: { environments: seen, runbooks: team.runbookNames() },
  };
}
