import { usageError } from '#errors.ts';
import { findRun } from '#run/store/id.ts';
import { type ServerApi, ServerRefusal } from '#team/remote/server-api.ts';
import { type RemoteSummary, stateOf } from '#team/remote/state.ts';

/** Which runs to list; all of them if nothing is given. */
export type WantedRuns = {
  readonly state?: 'open' | 'finished';
  readonly runbook?: string | undefined;
};

/** Runs in which one is looked for by a part of its ID. */
const MOST_LOOKED_AT = 500;

/** Yields the runs of a server, most recent first. */
export async function* runsOn(
  api: ServerApi,
  { state, runbook }: WantedRuns = {},
): AsyncGenerator<RemoteSummary> {
  const wanted = new URLSearchParams();
  if (state !== undefined) wanted.set('state', state);
  if (runbook !== undefined) wanted.set('runbook', runbook);
  for (;;) {
    const page = await api.json<{ runs: readonly RemoteSummary[]; before: string | null }>(
      `api/runs?${wanted}`,
    );
    yield* page.runs;
    if (page.before === null) return;
    wanted.set('before', page.before);
  }
}

/** Resolves with the ID of a run by its ID, the start of it, or its last letters. */
export async function findRunOn(api: ServerApi, wanted: string): Promise<string> {
  try {
    return (await stateOf(api, wanted)).run.id;
  } catch (error) {
    if (!(error instanceof ServerRefusal) || error.status !== 404) throw error;
  }
  const ids: string[] = [];
  for await (const { id } of runsOn(api)) if (ids.push(id) === MOST_LOOKED_AT) break;
  return findRun(ids, wanted);
}

/** Resolves with the ID of the most recent run; of those that are open if one is to be driven. */
export async function newestRunOn(api: ServerApi, state?: 'open'): Promise<string> {
  for await (const { id } of runsOn(api, state === undefined ? {} : { state })) return id;
  const none = state === undefined ? 'there are no runs' : 'no run is in progress';
  throw usageError(`${none} on ${api.name}`, `list them: runbook runs --on ${api.name}`);
}
