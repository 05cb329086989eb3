import { EXIT, environmentError, RunbookError } from '#errors.ts';
import { EVENT_VERSION, eventFlaw, isKnownType, type RecordedEvent } from '#events/log/event.ts';
import { agreeing, counted } from '#text/count.ts';
import { decodeLine, hashLine, type JournalLine, NO_LINE } from './line.ts';
import type { JournalCheck, JournalProblem, ReadJournal, RunJournal } from './port.ts';

const LINE_END = 0x0a;

/**
 * Reads all events of a journal and verifies their chain, as far as it is valid. Rejects if the
 * journal cannot be read, and if a later version of runbook wrote it.
 */
export async function readRecords(journal: RunJournal): Promise<ReadJournal> {
  const records: RecordedEvent[] = [];
  const check = walkLines(await journal.bytes(), (record) => records.push(record));
  return { records, ...check };
}

/**
 * Verifies the sequence and the hash chain of a journal's bytes, and passes on each event. Stops at
 * the first invalid line and reports it. Throws if a later version of runbook wrote the journal.
 */
export function walkLines(bytes: Buffer, onRecord: (record: RecordedEvent) => void): JournalCheck {
  const cursor = new JournalCursor(onRecord);
  const read = cursor.read(bytes);
  const { version, problem, head } = cursor;
  return problem === undefined
    ? { version, problems: [], tornBytes: bytes.length - read, head }
    : { version, problems: [problem], tornBytes: 0, head };
}

/**
 * Returns a reader of the next whole lines of a journal: it returns their events, and throws if one
 * is invalid or of a later version, then and from then on.
 */
export function growingReader(): (lines: Buffer) => readonly RecordedEvent[] {
  let fresh: RecordedEvent[] = [];
  const cursor = new JournalCursor((record) => fresh.push(record));
  return (lines) => {
    fresh = [];
    cursor.read(lines);
    const { problem } = cursor;
    if (problem === undefined) return fresh;
    throw environmentError(`cannot read the run's journal: line ${problem.line} ${problem.what}`);
  };
}

/**
 * A position in a journal, which advances over its lines and verifies them. A line is verified by
 * the hash in the line after it, so each event is passed on with the next line, and the last one at
 * the end of the bytes.
 */
export class JournalCursor {
  readonly #onRecord: (record: RecordedEvent) => void;
  #lines = 0;
  #last: { readonly seq: number; readonly hash: string } | undefined;
  /** The last line, until its event is passed on. */
  #pending: JournalLine | undefined;
  #writtenBy = 'a later version of runbook';
  /** The first invalid line; nothing after it is read. */
  problem: JournalProblem | undefined;
  /** The version of the events, from the first one. */
  version: number | undefined;
  /** The hash of the last line whose event was passed on. */
  head = NO_LINE;

  constructor(onRecord: (record: RecordedEvent) => void) {
    this.#onRecord = onRecord;
  }

  /**
   * Reads the complete lines in the next bytes of the journal, up to the first invalid one, and
   * returns their length. Throws if a later version of runbook wrote an event.
   */
  read(bytes: Buffer): number {
    let start = 0;
    for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END, start)) {
      if (this.problem === undefined) this.#take(bytes.subarray(start, end + 1));
      if (this.problem !== undefined) return start;
      start = end + 1;
    }
    this.#passOn();
    return start;
  }

  #take(bytes: Buffer): void {
    this.#lines += 1;
    const line = decodeLine(bytes);
    this.problem =
      line === undefined ? this.#at(0, 'is not a line of a journal') : this.#break(line);
    if (line === undefined || this.problem !== undefined) return;
    this.#passOn();
    this.#pending = line;
    this.#last = { seq: line.seq, hash: hashLine(bytes) };
  }

  #break({ seq, prev, event }: JournalLine): JournalProblem | undefined {
    if (this.#last === undefined) {
      const first = seq === 1 && prev === NO_LINE && event.type === 'run.started';
      return first ? undefined : this.#at(0, 'is not the first line of a run; lines are missing');
    }
    const missing = seq - this.#last.seq - 1;
    if (missing < 0) return this.#at(0, `repeats number ${seq}; it or the line before was added`);
    if (missing > 0) {
      return this.#at(
        0,
        `follows a gap: ${counted(missing, 'line')} ${agreeing(missing, 'is', 'are')} missing`,
      );
    }
    const follows = prev === this.#last.hash;
    return follows ? undefined : this.#at(-1, 'was changed after it was written');
  }

  #at(offset: 0 | -1, what: string): JournalProblem {
    return { line: this.#lines + offset, what };
  }

  #passOn(): void {
    if (this.#pending === undefined || this.#last === undefined) return;
    const { seq, at, event } = this.#pending;
    this.#pending = undefined;
    this.#checkVersion(event);
    const flaw = eventFlaw(event);
    if (flaw !== undefined) {
      this.problem = { line: seq, what: `is not a valid ${event.type}: ${flaw}` };
      return;
    }
    this.head = this.#last.hash;
    this.#onRecord({ seq, at, event });
  }

  #checkVersion(event: JournalLine['event']): void {
    if (event.type === 'run.started') this.version = event.version;
    if (event.type === 'run.started' || event.type === 'run.resumed') {
      this.#writtenBy = String(event.program);
    }
    if (Number(this.version) <= EVENT_VERSION && isKnownType(event.type)) return;
    throw new RunbookError(
      `this run was written by ${this.#writtenBy}, which records events that this build does not know`,
      {
        code: 'newer-journal',
        exitCode: EXIT.environment,
        hint: 'use that build, or a later one',
      },
    );
  }
}
