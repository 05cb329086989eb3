import { messageOf } from '#errors.ts';
import { foldEvent } from '#events/view/fold.ts';
import { type RunRow, rowOf } from '#events/view/run-row.ts';
import type { RunView } from '#events/view/run-view.ts';
import { walkLines } from '../journal/cursor.ts';
import type { RunRecord, RunSource, WantedRows } from './port.ts';

/** Yields the wanted rows of stored runs, in their order. */
export async function* rowsOf(
  runs: AsyncIterable<RunRecord>,
  { runbook }: WantedRows = {},
): AsyncGenerator<RunRow> {
  for await (const run of runs) {
    const row = await readRow(run);
    if (runbook === undefined || row.runbook === runbook) yield row;
  }
}

/** Resolves with all rows, most recent first. */
export async function listRows(source: Pick<RunSource, 'rows'>): Promise<readonly RunRow[]> {
  const rows: RunRow[] = [];
  for await (const row of source.rows()) rows.push(row);
  return rows;
}

/** Resolves with the row of a run; never rejects. */
export async function readRow({ id, journal }: RunRecord): Promise<RunRow> {
  let view: RunView | undefined;
  try {
    const [problem] = walkLines(await journal.bytes(), (record) => {
      view = foldEvent(view, record);
    }).problems;
    if (problem !== undefined) return unreadable(id, view, `line ${problem.line} ${problem.what}`);
    if (view === undefined) return unreadable(id, view, 'its journal is empty');
    const row = { ...rowOf(view), id };
    if (row.endedAt !== undefined) return row;
    if (await journal.isWritten()) return { ...row, status: 'running' };
    return { ...row, status: 'interrupted', endedAt: row.changedAt };
  } catch (error) {
    return unreadable(id, view, messageOf(error));
  }
}

function unreadable(id: string, view: RunView | undefined, problem: string): RunRow {
  const known = view && { ...rowOf(view), endedAt: view.changedAt };
  return { ...known, id, status: 'unreadable', problem };
}
