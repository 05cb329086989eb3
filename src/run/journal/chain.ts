import { EXIT, RunbookError } from '#errors.ts';
import { EVENT_VERSION, eventFlaw, isKnownType, type RecordedEvent } from '#events/log/event.ts';
import { decodeLine, hashLine, type JournalLine, NO_LINE } from './line.ts';
import type { JournalCheck, JournalProblem } from './port.ts';

const LINE_END = 0x0a;

/**
 * Verifies the sequence and the hash chain of a journal's bytes, and passes on each event. Stops at
 * the first invalid line and reports it. Throws if a later version of runbook wrote the journal.
 */
export function walkLines(bytes: Buffer, onRecord: (record: RecordedEvent) => void): JournalCheck {
  const chain = new Chain(onRecord);
  let start = 0;
  for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END, start)) {
    chain.add(bytes.subarray(start, end + 1));
    start = end + 1;
    if (chain.problem !== undefined) break;
  }
  chain.end();
  return {
    version: chain.version,
    problems: chain.problem === undefined ? [] : [chain.problem],
    tornBytes: chain.problem === undefined ? bytes.length - start : 0,
    head: chain.head,
  };
}

/** A line is verified by the hash in the line after it; the last one, at the end of the journal. */
class Chain {
  readonly #onRecord: (record: RecordedEvent) => void;
  #lines = 0;
  #last: { readonly line: JournalLine; readonly hash: string } | undefined;
  #writtenBy = 'a later version of runbook';
  problem: JournalProblem | undefined;
  version: number | undefined;
  head = NO_LINE;

  constructor(onRecord: (record: RecordedEvent) => void) {
    this.#onRecord = onRecord;
  }

  add(bytes: Buffer): void {
    this.#lines += 1;
    const line = decodeLine(bytes);
    this.problem =
      line === undefined ? this.#at(0, 'is not a line of a journal') : this.#break(line);
    if (line === undefined || this.problem !== undefined) return;
    this.#believeLast();
    this.#last = { line, hash: hashLine(bytes) };
  }

  end(): void {
    if (this.problem === undefined) this.#believeLast();
  }

  #break({ seq, prev, event }: JournalLine): JournalProblem | undefined {
    if (this.#last === undefined) {
      const first = seq === 1 && prev === NO_LINE && event.type === 'run.started';
      return first ? undefined : this.#at(0, 'is not the first line of a run; lines are missing');
    }
    const missing = seq - this.#last.line.seq - 1;
    if (missing < 0) return this.#at(0, `repeats number ${seq}; it or the line before was added`);
    if (missing > 0) {
      return this.#at(
        0,
        `follows a gap: ${missing} line${missing === 1 ? ' is' : 's are'} missing`,
      );
    }
    const follows = prev === this.#last.hash;
    return follows ? undefined : this.#at(-1, 'was changed after it was written');
  }

  #at(offset: 0 | -1, what: string): JournalProblem {
    return { line: this.#lines + offset, what };
  }

  #believeLast(): void {
    if (this.#last === undefined) return;
    const { line, hash } = this.#last;
    this.#last = undefined;
    this.#checkVersion(line);
    const flaw = eventFlaw(line.event);
    if (flaw !== undefined) {
      this.problem = { line: line.seq, what: `is not a valid ${line.event.type}: ${flaw}` };
      return;
    }
    this.head = hash;
    this.#onRecord({ seq: line.seq, at: line.at, event: line.event });
  }

  #checkVersion({ event }: JournalLine): void {
    if (event.type === 'run.started') this.version = event.version;
    if (event.type === 'run.started' || event.type === 'run.resumed') {
      this.#writtenBy = String(event.program);
    }
    if (Number(this.version) <= EVENT_VERSION && isKnownType(event.type)) return;
    throw new RunbookError(
      `this run was written by ${this.#writtenBy}, which knows events that this version does not`,
      {
        code: 'newer-journal',
        exitCode: EXIT.environment,
        hint: 'use that version, or a later one',
      },
    );
  }
}
