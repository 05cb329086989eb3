import { readFileSync } from 'node:fs';
import { environmentError } from '#errors.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import { walkLines } from '../chain.ts';
import type { JournalCheck, ReadJournal } from '../port.ts';

/**
 * Reads a journal and checks its sequence and its chain of hashes. Stops at the first line that is
 * not as it was written and reports it. Throws when the file cannot be read, and when a later
 * version of this program wrote it.
 */
export function readJournal(file: string): ReadJournal {
  const records: RecordedEvent[] = [];
  const check = walkJournal(file, (record) => records.push(record));
  return { records, ...check };
}

/** Does what {@link readJournal} does, and hands over one event after the other instead of all. */
export function walkJournal(file: string, onRecord: (record: RecordedEvent) => void): JournalCheck {
  return walkLines(readBytes(file), onRecord);
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw environmentError(`cannot read the run's journal: ${what}`, undefined, error);
  }
}
