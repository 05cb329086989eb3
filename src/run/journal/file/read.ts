import { readFileSync } from 'node:fs';
import { environmentError, messageOf } from '#errors.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import { walkLines } from '../cursor.ts';
import type { ReadJournal } from '../port.ts';

/**
 * Reads a journal and verifies its sequence and hash chain. Stops at the first invalid line and
 * reports it. Throws if the file cannot be read, and if a later version of runbook wrote it.
 */
export function readJournal(file: string): ReadJournal {
  const records: RecordedEvent[] = [];
  const check = walkLines(readBytes(file), (record) => records.push(record));
  return { records, ...check };
}

/** Reads a journal file. Throws an environment error if it cannot be read. */
export function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const what = messageOf(error);
    throw environmentError(`cannot read the run's journal: ${what}`, undefined, error);
  }
}
