import { existsSync } from 'node:fs';
import { endRun } from '#run/end.ts';
import type { RunStore } from '#run/store/port.ts';
import { readRun } from '#run/store/read-run.ts';
import { listRows } from '#run/store/row.ts';
import { surroundingsHere } from '../../surroundings.ts';

/**
 * Ends the unfinished runs of drills that are over: their servers are gone with the drill's folder. Leaves out runs that a process still writes. Resolves with the IDs of those it ended.
 */
export async function endLeftPractice(store: RunStore): Promise<readonly string[]> {
  const left = (await listRows(store)).filter(
    ({ status, practice }) =>
      (status === 'paused' || status === 'interrupted') &&
      practice !== undefined &&
      !existsSync(practice),
  );
  for (const { id } of left)
    await endRun(await readRun(await store.open(id)), surroundingsHere(), 'the drill is over');
  return left.map(({ id }) => id);
}
