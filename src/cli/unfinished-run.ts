import { usageError } from '../errors.ts';
import type { RunStore } from '../run/run-store.ts';

/** Returns the id of the newest run that was left or interrupted; throws when there is none. */
export function newestUnfinished(store: RunStore): string {
  const unfinished = store
    .listRuns()
    .find(({ status }) => status === 'paused' || status === 'interrupted');
  if (unfinished === undefined)
    throw usageError('there is no unfinished run', 'runbook runs shows those there are');
  return unfinished.id;
}
