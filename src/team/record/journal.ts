import type { Pool } from 'pg';
import { environmentError, type RunbookError } from '#errors.ts';
import type { RecordedEvent, RunEvent } from '#events/log/event.ts';
import { foldEvent } from '#events/view/fold.ts';
import { rowOf } from '#events/view/run-row.ts';
import type { RunView } from '#events/view/run-view.ts';
import { encodeLine, hashLine, NO_LINE } from '#run/journal/line.ts';
import type { Journal, RunJournal } from '#run/journal/port.ts';
import type { Claim } from '../work/claim.ts';
import type { AnsweredIntent, PendingLine, Portion, Source, Writer } from './writer.ts';

/** The most bytes of one run that wait to be written; more means that the control plane is gone. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024;

/** The options of a journal in rows. */
export type RowsJournalOptions = {
  readonly claim: Pick<Claim, 'id' | 'epoch' | 'seq' | 'head'>;
  readonly writer: Writer;
  readonly clock: () => Date;
  /** Called once if the run was lost: another worker has it, or a write was not confirmed. */
  readonly onLost: (error: RunbookError) => void;
  /** Called when the journal is closed. */
  readonly onClosed?: () => Promise<void>;
};

/** The journal of a claimed run: lines are queued, and written with those of other runs. */
export class RowsJournal implements Journal, Source {
  readonly run: string;
  readonly #options: RowsJournalOptions;
  #queue: PendingLine[] = [];
  #bytes = 0;
  readonly #intents: AnsweredIntent[] = [];
  #seq: number;
  #head: string;
  /** The last line that was taken to be written, and its hash. */
  #taken: { readonly seq: number; readonly hash: string };
  #kept: number;
  #waiting: { readonly seq: number; resolve(): void; reject(error: unknown): void }[] = [];
  #broken: RunbookError | undefined;
  #isClosed = false;
  /** The view of everything appended; undefined if the run began before this claim. */
  #view: RunView | undefined;

  constructor(options: RowsJournalOptions) {
    const { id, seq, head } = options.claim;
    this.run = id;
    this.#options = options;
    this.#seq = seq;
    this.#head = seq === 0 ? NO_LINE : head;
    this.#taken = { seq, hash: this.#head };
    this.#kept = seq;
    options.writer.add(this);
  }

  /** Continues the view of the lines before this claim, from which columns of the run derive. */
  continueView(view: RunView | undefined): void {
    this.#view = view;
  }

  append(event: RunEvent, at = this.#options.clock().toISOString()): RecordedEvent {
    this.#refuse();
    if (this.#bytes > MOST_WAITING_BYTES)
      throw environmentError('the control plane does not accept lines any more');
    const record = { seq: this.#seq + 1, at, event };
    const line = encodeLine(record, this.#head);
    this.#head = hashLine(line);
    this.#seq = record.seq;
    const { length: bytes } = line;
    const text = line.toString();
    this.#queue.push({ seq: record.seq, at, type: event.type, text, bytes, hash: this.#head });
    this.#bytes += bytes;
    if (this.#view !== undefined || event.type === 'run.started')
      this.#view = foldEvent(this.#view, record);
    this.#options.writer.wake();
    return record;
  }

  /** Answers an intent in the same commit as the lines appended in this turn of the event loop. */
  answered(intent: AnsweredIntent): void {
    if (this.#broken !== undefined || this.#isClosed) return;
    this.#intents.push(intent);
    this.#options.writer.wake();
  }

  async durable(): Promise<void> {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#kept >= this.#seq && this.#intents.length === 0) return;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#waiting.push({ seq: this.#seq, resolve, reject });
    await promise;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    await this.durable().catch(() => undefined);
    this.#isClosed = true;
    this.#options.writer.remove(this);
    await this.#options.onClosed?.();
  }

  take(limits: { readonly lines: number; readonly bytes: number }): Portion | undefined {
    if (this.#broken !== undefined) return undefined;
    let { bytes } = limits;
    let count = 0;
    for (const line of this.#queue) {
      if (count >= limits.lines || (bytes < line.bytes && count > 0)) break;
      bytes -= line.bytes;
      count += 1;
    }
    const lines = this.#queue.splice(0, count);
    // Intents are answered with the last of the lines that came of them.
    const intents = this.#queue.length === 0 ? this.#intents.splice(0) : [];
    if (lines.length === 0 && intents.length === 0) return undefined;
    for (const line of lines) this.#bytes -= line.bytes;
    const before = this.#taken.seq;
    const last = lines.at(-1);
    if (last !== undefined) this.#taken = { seq: last.seq, hash: last.hash };
    const { epoch } = this.#options.claim;
    const { hash: head } = this.#taken;
    const summary = this.#view && rowOf(this.#view);
    return { run: this.run, epoch, before, lines, head, summary, intents };
  }

  kept({ before, lines }: Portion): void {
    this.#kept = before + lines.length;
    const done = this.#waiting.filter(({ seq }) => seq <= this.#kept);
    this.#waiting = this.#waiting.filter(({ seq }) => seq > this.#kept);
    for (const { resolve } of done) resolve();
  }

  lost(why: string): void {
    if (this.#broken !== undefined) return;
    this.#broken = environmentError(`cannot write the run's journal: ${why}`);
    for (const { reject } of this.#waiting) reject(this.#broken);
    this.#waiting = [];
    this.#queue = [];
    this.#options.writer.remove(this);
    this.#options.onLost(this.#broken);
  }

  #refuse(): void {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#isClosed) throw environmentError("the run's journal is closed");
  }
}

/** Opens the journal of a run for writing, or rejects if a worker holds the run. */
export type OpenRows = (options: { readonly clock: () => Date }) => Promise<{
  readonly journal: Journal;
  /** The hash of the last line under this claim. */
  readonly head: string;
}>;

/** Returns the journal of a run in rows; without `held` it is only read. */
export function journalRows(
  pool: Pick<Pool, 'query'>,
  run: string,
  held?: { readonly open: OpenRows; readonly isClaimed: boolean },
): RunJournal {
  const lines = async (after: number) => {
    const { rows } = await pool.query<{ seq: number; line: string }>(
      'SELECT seq, line FROM runbook.run_event WHERE run_id = $1 AND seq > $2 ORDER BY seq',
      [run, after],
    );
    return rows;
  };
  const isWritten = async () => {
    const { rows } = await pool.query<{ held: boolean }>(
      'SELECT holder IS NOT NULL AS held FROM runbook.run WHERE id = $1',
      [run],
    );
    return rows[0]?.held === true;
  };
  return {
    isWritten,
    bytes: async () => Buffer.from((await lines(0)).map(({ line }) => line).join('')),
    // A line is committed whole, or not at all.
    repair: async () => {
      if (held?.isClaimed !== true && (await isWritten())) throw beingWritten(run);
      return undefined;
    },
    async open({ clock, after }) {
      if (held === undefined) throw environmentError(`the run ${run} is only read here`);
      const { journal, head } = await held.open({ clock });
      if (after === undefined || after === head) return journal;
      await journal.close();
      throw environmentError(`the journal of ${run} has lines that were not there`);
    },
    async follow() {
      let seen = 0;
      return {
        look: async () => {
          const rows = await lines(seen);
          seen = rows.at(-1)?.seq ?? seen;
          return Buffer.from(rows.map(({ line }) => line).join(''));
        },
        close: () => undefined,
      };
    },
  };
}

/** Returns the error for a run that a worker holds. */
export function beingWritten(run: string): RunbookError {
  return environmentError(`run ${run} is being written by a worker`);
}
