import { readFileSync } from 'node:fs';
import { EXIT, RunbookError, usageError } from '#errors.ts';
import type { FileRunStore } from '#run/store/file/folders.ts';

/**
 * Returns the ID of the most recent paused or interrupted run; throws if there is none, or it is
 * damaged.
 */
export function newestUnfinished(store: FileRunStore): string {
  const runs = store.listRuns();
  const readable = runs.find(({ status }) => status === 'paused' || status === 'interrupted');
  const damaged = runs.find(
    ({ id, status }) => status === 'unreadable' && !isFinished(store.openRun(id).journal),
  );
  const isNewer =
    readable === undefined ||
    (damaged !== undefined && runs.indexOf(damaged) < runs.indexOf(readable));
  if (damaged !== undefined && isNewer)
    throw new RunbookError(
      `the most recent unfinished run, ${damaged.id}, cannot be resumed: ${damaged.problem ?? ''}`,
      {
        code: 'journal-changed',
        exitCode: EXIT.environment,
        hint:
          readable === undefined
            ? `its journal is readable: runbook transcript ${damaged.id}`
            : `resume the one before it: runbook resume ${readable.id}`,
      },
    );
  if (readable === undefined)
    throw usageError('no run is paused or interrupted', 'list the runs: runbook runs');
  return readable.id;
}

/** Events after the damage are ignored, but if the last line says so the run has finished. */
function isFinished(journal: string): boolean {
  try {
    const lastLine = readFileSync(journal, 'utf8').trimEnd().split('\n').at(-1) ?? '';
    return lastLine.includes('"event":{"type":"run.finished"');
  } catch {
    return false;
  }
}
