import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../database.ts';
import { type Dispatch, enqueueLeg, type LegOf } from '../dispatch.ts';
import { LEASE_TIMES } from './lease.ts';

/** The options of a reaper. */
export type ReaperParts = {
  readonly pool: Pool;
  readonly dispatch: Dispatch;
  /** @default that of {@link LEASE_TIMES} */
  readonly deadMs?: number;
  /** Monotonic milliseconds. @default of this process */
  readonly monotonic?: () => number;
  readonly onReaped?: (worker: string, runs: number) => void;
};

type Beat = { readonly id: string; readonly beat: string };

/** Where a beat stood since when, by the clock of this process. */
type Seen = { readonly beat: string; readonly since: number };

/** The longest time between two looks; after a longer one nothing counts as seen. */
const LONGEST_GAP_MS = 5_000;

/**
 * Takes the runs of dead workers away from them. A worker is dead if this process itself has seen
 * its beat unchanged for long enough while it was connected all that time: an outage of the control
 * plane, or a pause of this process, ends nobody.
 */
export class Reaper {
  readonly #parts: ReaperParts;
  readonly #deadMs: number;
  readonly #monotonic: () => number;
  #seen = new Map<string, Seen>();
  #lookedAt: number | undefined;

  constructor(parts: ReaperParts) {
    this.#parts = parts;
    this.#deadMs = parts.deadMs ?? LEASE_TIMES.deadMs;
    this.#monotonic = parts.monotonic ?? (() => performance.now());
  }

  /** Looks at all workers once; resolves with the IDs of those it declared dead. */
  async look(): Promise<readonly string[]> {
    const begun = this.#monotonic();
    if (this.#lookedAt !== undefined && begun - this.#lookedAt > LONGEST_GAP_MS)
      this.#seen = new Map();
    let beats: readonly Beat[];
    try {
      const { rows } = await this.#parts.pool.query<Beat>(
        "SELECT id, beat_at::text AS beat FROM runbook.worker WHERE state IN ('alive', 'draining')",
      );
      beats = rows;
    } catch (error) {
      this.#seen = new Map();
      throw error;
    }
    const now = this.#monotonic();
    this.#lookedAt = now;
    // An answer that took long says nothing of the time in between.
    if (now - begun > LONGEST_GAP_MS) this.#seen = new Map();
    const before = this.#seen;
    this.#seen = new Map(
      beats.map(({ id, beat }) => {
        const seen = before.get(id);
        return [id, seen?.beat === beat ? seen : { beat, since: now }];
      }),
    );
    const dead: string[] = [];
    for (const [id, { beat, since }] of this.#seen)
      if (now - since > this.#deadMs && (await this.#reap({ id, beat }))) dead.push(id);
    return dead;
  }

  async #reap({ id, beat }: Beat): Promise<boolean> {
    const { pool, dispatch, onReaped } = this.#parts;
    const legs: string[] = [];
    const runs = await inTransaction(pool, async (tx) => {
      const { rowCount } = await tx.query(
        `UPDATE runbook.worker SET state = 'dead'
         WHERE id = $1 AND beat_at::text = $2 AND state IN ('alive', 'draining')`,
        [id, beat],
      );
      if (rowCount === 0) return undefined;
      const held = await takeRuns(tx, id);
      const begun = new Set(held.map(({ leg }) => leg));
      const given = await dispatch.givenTo(tx, [id]);
      const waiting = await runsOf(
        tx,
        given.filter((leg) => !begun.has(leg)),
      );
      for (const run of [...held, ...waiting])
        if (!run.finished) await enqueueLeg(tx, dispatch, run);
      legs.push(...given, ...held.flatMap(({ leg }) => leg ?? []));
      return held.length;
    });
    if (runs === undefined) return false;
    onReaped?.(id, runs);
    await dispatch.cancel([...new Set(legs)]);
    return true;
  }
}

type TakenRun = LegOf & { readonly leg: string | null; readonly finished: boolean };

/** In the order of their IDs, so that two reapers never wait for each other. */
async function takeRuns(tx: PoolClient, worker: string): Promise<readonly TakenRun[]> {
  const { rows } = await tx.query<TakenRun>(
    `UPDATE runbook.run r SET holder = NULL, epoch = r.epoch + 1, leg = NULL, changed_at = now()
     FROM (SELECT id, leg FROM runbook.run WHERE holder = $1 ORDER BY id FOR UPDATE) AS o
     WHERE r.id = o.id
     RETURNING r.id, r.label, r.replay, r.severity, o.leg, r.finished_at IS NOT NULL AS finished`,
    [worker],
  );
  return rows;
}

/** Runs whose leg was given to a worker and that it has not claimed. */
async function runsOf(tx: PoolClient, legs: readonly string[]): Promise<readonly TakenRun[]> {
  const { rows } = await tx.query<TakenRun>(
    `SELECT id, label, replay, severity, leg, false AS finished FROM runbook.run
     WHERE leg = ANY($1) AND holder IS NULL AND finished_at IS NULL ORDER BY id FOR UPDATE`,
    [legs],
  );
  return rows;
}

/**
 * Queues legs for runs that nobody holds, that are not waiting for a person, and whose leg is gone:
 * it ended before it could claim the run, or release it in order. Resolves with their number.
 */
export async function sweep(
  { pool, dispatch }: Pick<ReaperParts, 'pool' | 'dispatch'>,
  quietMs: number = LEASE_TIMES.deadMs,
): Promise<number> {
  return await inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<TakenRun>(
      `SELECT id, label, replay, severity, leg, false AS finished FROM runbook.run r
       WHERE finished_at IS NULL AND holder IS NULL AND failures < 10
         AND changed_at < now() - $1 * interval '1 millisecond'
         AND (leg IS NOT NULL OR status IN ('queued', 'running') OR EXISTS (
           SELECT FROM runbook.run_intent i WHERE i.run_id = r.id AND i.done_at IS NULL))
       ORDER BY id LIMIT 200 FOR UPDATE SKIP LOCKED`,
      [quietMs],
    );
    const pending = await dispatch.pending(
      tx,
      rows.flatMap(({ leg }) => leg ?? []),
    );
    const lost = rows.filter(({ leg }) => leg === null || !pending.has(leg));
    for (const run of lost) await enqueueLeg(tx, dispatch, run);
    return lost.length;
  });
}
