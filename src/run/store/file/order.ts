import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { codeOf, environmentError } from '#errors.ts';
import { isRunId, runMinute } from '../id.ts';

/**
 * Returns the IDs of the runs in a folder, most recent first. IDs sort by minute; runs of the same
 * minute by the start of their journals.
 */
export function newestFirst(runs: string): readonly string[] {
  const ids = runIds(runs).sort().reverse();
  const shared = new Set(ids.map(runMinute).filter((minute, i, all) => minute === all[i - 1]));
  const begunAt = new Map(
    ids.map((id) => [id, shared.has(runMinute(id)) ? begunAtIn(join(runs, id)) : '']),
  );
  const key = (id: string) => `${runMinute(id)} ${begunAt.get(id) ?? ''}`;
  return ids.sort((a, b) => (key(a) < key(b) ? 1 : key(a) > key(b) ? -1 : 0));
}

function runIds(runs: string): string[] {
  try {
    return readdirSync(runs).filter(isRunId);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return [];
    throw environmentError(`cannot read the runs in ${runs}`, undefined, error);
  }
}

/** Returns the time in the first line of a run's journal, directly after its number. */
function begunAtIn(folder: string): string {
  const start = Buffer.alloc(64);
  try {
    const fd = openSync(join(folder, 'journal.jsonl'), 'r');
    try {
      readSync(fd, start, 0, start.length, 0);
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
  return /"at":"(?<at>[^"]+)"/.exec(start.toString('latin1'))?.groups?.at ?? '';
}
