import type { RunSummary } from '#run/store/summary.ts';
import { formatDuration } from '#text/duration.ts';
import { harmlessLine } from '#text/harmless.ts';
import { textTable } from '#text/table.ts';
import { columnsOf } from '../../say.ts';
import { runMs } from './filter.ts';

/** Returns why this program cannot resume a run as it stands, and what to do; nothing if it can. */
export function obstacleLines({ id, cannotResume }: RunSummary): readonly string[] {
  if (cannotResume === undefined) return [];
  const { why, instead } = cannotResume;
  return [`${id} cannot be resumed as it stands: ${why}`, `  ${instead}`].map(harmlessLine);
}

/** Returns runs as a table for a terminal, with the step at which an unfinished one stopped. */
export function runsTable(runs: readonly RunSummary[]): string {
  const rows = runs.map((run) => {
    const ms = runMs(run);
    return [
      run.id,
      `${run.outcome ?? run.status}${run.practice === undefined ? '' : ' (practice)'}`,
      run.startedAt?.replace('T', ' ').slice(0, 16) ?? '',
      ms === undefined ? '' : formatDuration(ms),
      run.operator ?? '',
      run.problem ?? (run.status === 'finished' ? '' : (run.step ?? '')),
    ];
  });
  return textTable(['RUN', 'STATUS', 'STARTED (UTC)', 'TOOK', 'OPERATOR', 'AT'], rows, columnsOf());
}
