import type { Pool } from 'pg';
import { messageOf } from '#errors.ts';
import type { RunRow } from '#events/view/run-row.ts';
import { storable } from '#text/utf8.ts';

/** A line of a journal that waits to be written. */
export type PendingLine = {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly text: string;
  readonly bytes: number;
  readonly hash: string;
};

/** The answer to an intent, which is committed with the lines that come of it. */
export type AnsweredIntent = { readonly id: string; readonly answer: string };

/** A part of a journal for one statement. */
export type Portion = {
  readonly run: string;
  readonly epoch: string;
  /** The number of the last line before. */
  readonly before: number;
  readonly lines: readonly PendingLine[];
  /** The hash of the last line, of these or before them. */
  readonly head: string;
  /** The row of the run after these lines; undefined if it is not known here. */
  readonly summary: RunRow | undefined;
  readonly intents: readonly AnsweredIntent[];
};

/** The source of lines: one journal under one epoch. */
export type Source = {
  readonly run: string;
  /** Takes the next lines, up to the limits; undefined if there is nothing to write. */
  take(limits: Limits): Portion | undefined;
  /** Called once a portion is committed. */
  kept(portion: Portion): void;
  /** Called if a portion was not, or may not have been, committed. */
  lost(why: string): void;
};

type Limits = { readonly lines: number; readonly bytes: number };

/** The limits of one statement. */
const BATCH: Limits = { lines: 1_000, bytes: 4 * 1024 * 1024 };

/**
 * One statement, one commit. Lines are inserted only for runs whose epoch and last line are those of
 * the portion; every other run of the batch is missing in the result, and was lost.
 */
const WRITE = `
WITH batch AS (
  SELECT *, coalesce(summary->>'status', 'running') AS status
  FROM unnest($1::text[], $2::bigint[], $3::int[], $4::int[], $5::text[], $6::jsonb[])
    AS b(run_id, epoch, before_seq, last_seq, head_hash, summary)
), own AS (
  UPDATE runbook.run r SET head_seq = b.last_seq, head_hash = b.head_hash, summary = b.summary,
    status = b.status, waiting_for = b.summary->>'waitingFor', current_step = b.summary->>'step',
    outcome = b.summary->>'outcome', changed_at = now(),
    finished_at = CASE WHEN b.status = 'finished' THEN coalesce(r.finished_at, now()) END
  FROM batch b WHERE r.id = b.run_id AND r.epoch = b.epoch AND r.head_seq = b.before_seq
  RETURNING r.id, r.epoch
), inserted AS (
  INSERT INTO runbook.run_event (run_id, seq, at, type, epoch, line)
  SELECT e.run_id, e.seq, e.at, e.type, own.epoch, e.line
  FROM unnest($7::text[], $8::int[], $9::timestamptz[], $10::text[], $11::text[])
    AS e(run_id, seq, at, type, line) JOIN own ON own.id = e.run_id
), answered AS (
  UPDATE runbook.run_intent i SET done_at = now(), answer = d.answer
  FROM unnest($12::bigint[], $13::text[], $14::text[]) AS d(id, run_id, answer)
    JOIN own ON own.id = d.run_id WHERE i.id = d.id AND i.done_at IS NULL
)
SELECT id FROM own`;

/**
 * Writes the lines of all runs of one worker: those of one turn of the event loop, and those that
 * wait meanwhile, go together. Nothing is sent a second time: after an error a statement may have
 * been committed, and all of its runs are lost.
 */
export class Writer {
  readonly #pool: Pool;
  readonly #sources = new Map<string, Source>();
  #isWriting = false;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  /** Writes what this source has from now on; an earlier source of the same run is lost. */
  add(source: Source): void {
    this.#sources.get(source.run)?.lost('the run was claimed again');
    this.#sources.set(source.run, source);
  }

  /** Forgets a source. */
  remove(source: Source): void {
    if (this.#sources.get(source.run) === source) this.#sources.delete(source.run);
  }

  /** Starts writing, if there is anything to write. */
  wake(): void {
    if (this.#isWriting) return;
    this.#isWriting = true;
    setImmediate(() => void this.#writeAll());
  }

  async #writeAll(): Promise<void> {
    for (let batch = this.#batch(); batch.length > 0; batch = this.#batch())
      await this.#write(batch);
    this.#isWriting = false;
  }

  #batch(): readonly Taken[] {
    const batch: Taken[] = [];
    let { lines, bytes } = BATCH;
    // In the order of their IDs, so that two statements never wait for each other.
    for (const source of [...this.#sources.values()].sort(byRun)) {
      if (lines <= 0 || bytes <= 0) break;
      const portion = source.take({ lines, bytes });
      if (portion === undefined) continue;
      batch.push({ source, portion });
      lines -= portion.lines.length;
      for (const line of portion.lines) bytes -= line.bytes;
    }
    return batch;
  }

  async #write(batch: readonly Taken[]): Promise<void> {
    const own = await this.#sent(batch.map(({ portion }) => portion)).catch((error: unknown) => {
      const why = `the control plane did not confirm a write: ${messageOf(error)}`;
      for (const { source } of batch) source.lost(why);
      return undefined;
    });
    if (own === undefined) return;
    for (const { source, portion } of batch) {
      if (own.has(portion.run)) source.kept(portion);
      else source.lost('another worker holds the run');
    }
  }

  async #sent(portions: readonly Portion[]): Promise<ReadonlySet<string>> {
    const lines = portions.flatMap((it) => it.lines.map((line) => ({ ...line, run: it.run })));
    const intents = portions.flatMap((it) => it.intents.map((one) => ({ ...one, run: it.run })));
    const { rows } = await this.#pool.query<{ id: string }>({
      name: 'write',
      text: WRITE,
      values: [
        portions.map(({ run }) => run),
        portions.map(({ epoch }) => epoch),
        portions.map(({ before }) => before),
        portions.map(({ before, lines: own }) => before + own.length),
        portions.map(({ head }) => head),
        portions.map(({ summary }) => (summary ? JSON.stringify(storable(summary)) : null)),
        lines.map(({ run }) => run),
        lines.map(({ seq }) => seq),
        lines.map(({ at }) => at),
        lines.map(({ type }) => type),
        lines.map(({ text }) => text),
        intents.map(({ id }) => id),
        intents.map(({ run }) => run),
        intents.map(({ answer }) => answer),
      ],
    });
    return new Set(rows.map(({ id }) => id));
  }
}

type Taken = { readonly source: Source; readonly portion: Portion };

function byRun(a: Source, b: Source): number {
  return a.run < b.run ? -1 : 1;
}
