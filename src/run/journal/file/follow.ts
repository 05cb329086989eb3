import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { EXIT, environmentError, RunbookError } from '#errors.ts';
import { EVENT_VERSION, eventFlaw, isKnownType, type RecordedEvent } from '#events/log/event.ts';
import { decodeLine, hashLine, type JournalLine, NO_LINE } from '../line.ts';

const LINE_END = 0x0a;

/**
 * Reads a journal while another process writes it. A last line without its line end may be
 * incomplete, or may be taken back: it is read again on the next poll. Takes no lock and writes
 * nothing.
 */
export class JournalFollower {
  readonly #fd: number;
  #offset = 0;
  #seq = 0;
  #head = NO_LINE;

  /** Opens a journal; throws if it cannot be read. */
  constructor(file: string) {
    try {
      this.#fd = openSync(file, 'r');
    } catch (error) {
      throw unreadable(error);
    }
  }

  /**
   * Returns the events written since the last poll. Throws if a line is no journal line, was
   * modified or holds no valid event, if lines are missing, and if a later version of runbook wrote
   * the event.
   */
  look(): readonly RecordedEvent[] {
    const bytes = this.#unread();
    const records: RecordedEvent[] = [];
    let start = 0;
    for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END, start)) {
      records.push(this.#take(bytes.subarray(start, end + 1)));
      start = end + 1;
    }
    this.#offset += start;
    return records;
  }

  /** Closes the file. */
  close(): void {
    closeSync(this.#fd);
  }

  #unread(): Buffer {
    try {
      const length = fstatSync(this.#fd).size - this.#offset;
      if (length < 0) throw new Error('lines that were there are gone');
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(this.#fd, bytes, 0, length, this.#offset));
    } catch (error) {
      throw unreadable(error);
    }
  }

  #take(bytes: Buffer): RecordedEvent {
    const line = decodeLine(bytes);
    const number = `line ${this.#seq + 1}`;
    if (line === undefined) throw unreadable(`${number} is not a line of a journal`);
    if (line.seq !== this.#seq + 1 || line.prev !== this.#head)
      throw unreadable(`${number} is not as it was written`);
    refuseLater(line);
    const flaw = eventFlaw(line.event);
    if (flaw !== undefined)
      throw unreadable(`${number} is not a valid ${line.event.type}: ${flaw}`);
    this.#seq = line.seq;
    this.#head = hashLine(bytes);
    return { seq: line.seq, at: line.at, event: line.event };
  }
}

function refuseLater({ event }: JournalLine): void {
  const isOurs = event.type !== 'run.started' || event.version <= EVENT_VERSION;
  if (isOurs && isKnownType(event.type)) return;
  throw new RunbookError('this run is written by a later version of runbook', {
    code: 'newer-journal',
    exitCode: EXIT.environment,
    hint: 'follow it with that version',
  });
}

function unreadable(error: unknown): RunbookError {
  const what = error instanceof Error ? error.message : String(error);
  return environmentError(`cannot read the run's journal: ${what}`, undefined, error);
}
