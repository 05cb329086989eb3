import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../database.ts';
import { type Dispatch, enqueueLeg, type LegOf, type OpenLeg } from '../dispatch.ts';
import { WITHOUT_OWNER } from '../runs.ts';
import { MOST_FAILURES } from '../work/claim.ts';
import { endWorker } from './end-worker.ts';
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

  async #reap(silent: Beat): Promise<boolean> {
    const runs = await endWorker(this.#parts, { ...silent, as: 'dead' });
    if (runs === undefined) return false;
    this.#parts.onReaped?.(silent.id, runs);
    return true;
  }
}

/**
 * Takes up runs that should go on and that neither a worker nor the queue has: a leg ended before it
 * could claim its run, or release it in order. Resolves with their number.
 */
export async function sweep(
  { pool, dispatch }: Pick<ReaperParts, 'pool' | 'dispatch'>,
  quietMs: number = LEASE_TIMES.deadMs,
): Promise<number> {
  return await inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<LegOf & { leg: string | null; holder: string | null }>(
      `SELECT id, label, replay, severity, leg, holder FROM runbook.run
       WHERE finished_at IS NULL AND (failures < ${MOST_FAILURES} OR holder IS NOT NULL)
         AND changed_at < now() - $1 * interval '1 millisecond'
         AND (${WITHOUT_OWNER} OR holder IS NULL AND leg IS NOT NULL)
       ORDER BY id LIMIT 200 FOR UPDATE SKIP LOCKED`,
      [quietMs],
    );
    const pending = await atWork(tx, await dispatch.open(rows.flatMap(({ leg }) => leg ?? [])));
    const lost = rows.filter((run) => run.holder ?? (run.leg === null || !pending.has(run.leg)));
    await tx.query('UPDATE runbook.run SET holder = NULL, epoch = epoch + 1 WHERE id = ANY($1)', [
      lost.map(({ id }) => id),
    ]);
    for (const run of lost) await enqueueLeg(tx, dispatch, run);
    return lost.length;
  });
}

/** A worker that was declared dead may have taken a leg since, which it never ends. */
async function atWork(tx: PoolClient, open: readonly OpenLeg[]): Promise<ReadonlySet<string>> {
  const { rows } = await tx.query<{ id: string }>(
    "SELECT id FROM runbook.worker WHERE id = ANY($1) AND state IN ('alive', 'draining')",
    [open.flatMap(({ worker }) => worker ?? [])],
  );
  const there = new Set(rows.map(({ id }) => id));
  return new Set(
    open.flatMap(({ leg, worker }) => (worker === undefined || there.has(worker) ? leg : [])),
  );
}
