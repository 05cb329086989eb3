import type { Pool, PoolClient } from 'pg';
import { inTransaction } from '../database.ts';
import { type Dispatch, enqueueLeg, type LegOf } from '../dispatch.ts';

/** A worker that is to end, and why: it has left, or it is silent since a beat. */
export type EndingWorker =
  | { readonly id: string; readonly as: 'gone' }
  | { readonly id: string; readonly as: 'dead'; readonly beat: string };

/**
 * Ends a worker in one transaction, whatever the reason: its state, and for every run that it holds, or
 * was given and has not claimed, a new epoch and a new leg. Resolves with the number of runs that it
 * held; undefined if it had ended before, or has beaten since.
 */
export async function endWorker(
  { pool, dispatch }: { readonly pool: Pool; readonly dispatch: Dispatch },
  worker: EndingWorker,
): Promise<number | undefined> {
  const { id, as } = worker;
  const legs: string[] = [];
  const runs = await inTransaction(pool, async (tx) => {
    const { rowCount } = await tx.query(
      `UPDATE runbook.worker SET state = $2
       WHERE id = $1 AND state IN ('alive', 'draining') AND ($3::text IS NULL OR beat_at::text = $3)`,
      [id, as, worker.as === 'dead' ? worker.beat : null],
    );
    if (rowCount === 0) return undefined;
    const held = await freeRuns(tx, id);
    const begun = new Set(held.map(({ leg }) => leg));
    const given = await dispatch.givenTo(id);
    const waiting = await runsOf(
      tx,
      given.filter((leg) => !begun.has(leg)),
    );
    for (const run of [...held, ...waiting]) if (!run.finished) await enqueueLeg(tx, dispatch, run);
    legs.push(...given, ...held.flatMap(({ leg }) => leg ?? []));
    return held.length;
  });
  if (runs !== undefined) await dispatch.cancel([...new Set(legs)]);
  return runs;
}

type FreedRun = LegOf & { readonly leg: string | null; readonly finished: boolean };

/** In the order of their IDs, so that two processes never wait for each other. */
async function freeRuns(tx: PoolClient, worker: string): Promise<readonly FreedRun[]> {
  const { rows } = await tx.query<FreedRun>(
    `UPDATE runbook.run r SET holder = NULL, epoch = r.epoch + 1, leg = NULL, changed_at = now()
     FROM (SELECT id, leg FROM runbook.run WHERE holder = $1 ORDER BY id FOR UPDATE) AS o
     WHERE r.id = o.id
     RETURNING r.id, r.label, r.replay, r.severity, o.leg, r.finished_at IS NOT NULL AS finished`,
    [worker],
  );
  return rows;
}

/** Runs whose leg was given to a worker and that it has not claimed. */
async function runsOf(tx: PoolClient, legs: readonly string[]): Promise<readonly FreedRun[]> {
  const { rows } = await tx.query<FreedRun>(
    `SELECT id, label, replay, severity, leg, false AS finished FROM runbook.run
     WHERE leg = ANY($1) AND holder IS NULL AND finished_at IS NULL ORDER BY id FOR UPDATE`,
    [legs],
  );
  return rows;
}
