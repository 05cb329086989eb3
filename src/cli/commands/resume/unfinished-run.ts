import { EXIT, RunbookError, usageError } from '#errors.ts';
import type { RunRow } from '#events/view/run-row.ts';
import type { RunStore } from '#run/store/port.ts';
import { listRows } from '#run/store/row.ts';
import { isFinished, withObstacle } from '../../resumable.ts';
import { endLeftPractice } from '../drill/left-practice.ts';

/**
 * Returns the ID of the most recent paused or interrupted run; throws if there is none, or it is
 * damaged.
 */
export async function newestUnfinished(store: RunStore): Promise<string> {
  await endLeftPractice(store);
  const runs = await listRows(store);
  const readable = runs.find(({ status }) => status === 'paused' || status === 'interrupted');
  const damaged = await newestDamaged(store, runs);
  const isNewer =
    readable === undefined ||
    (damaged !== undefined && runs.indexOf(damaged) < runs.indexOf(readable));
  if (damaged !== undefined && isNewer) {
    const { cannotResume } = await withObstacle(store, damaged);
    throw new RunbookError(
      `the most recent unfinished run, ${damaged.id}, cannot be resumed: ${damaged.problem ?? ''}`,
      {
        code: 'journal-changed',
        exitCode: EXIT.environment,
        hint:
          readable === undefined
            ? (cannotResume?.instead ?? `its journal is readable: runbook transcript ${damaged.id}`)
            : `resume the one before it: runbook resume ${readable.id}`,
      },
    );
  }
  if (readable === undefined)
    throw usageError('no run is paused or interrupted', 'list the runs: runbook runs');
  return readable.id;
}

async function newestDamaged(
  store: RunStore,
  runs: readonly RunRow[],
): Promise<RunRow | undefined> {
  for (const run of runs)
    if (run.status === 'unreadable' && !(await isFinished(store, run.id))) return run;
  return undefined;
}
