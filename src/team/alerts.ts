import type { Pool, PoolClient } from 'pg';
import type { RunAlert } from '#events/log/run-alert.ts';
import { inTransaction } from './database.ts';
import { type Dispatch, enqueueLeg, type LegOf } from './dispatch.ts';

/** An alert of a run. */
export type AlertOfRun = { readonly run: string; readonly alert: RunAlert };

/**
 * The most that one run is told of its alerts: one that flaps for days must not fill its journal. As ends
 * stop first, more has fired than ended in a run that is told nothing more: it never seems to be over.
 */
const MOST_TOLD = { resolved: 100, firing: 200 };

/** Whether the status of an alert differs from the one that its run `$1` was told last; at first it is over. */
const IS_NEWS = `SELECT count(*) < $5 AND coalesce(
    (array_agg(intent->'alert'->>'status' ORDER BY id DESC)
      FILTER (WHERE intent->'alert'->>'source' = $2 AND intent->'alert'->>'key' = $3))[1], 'resolved') <> $4 AS is
  FROM runbook.run_intent WHERE run_id = $1 AND via = 'alert'`;

/** Tells a run in a transaction, for its holder to record, that an alert fires or is resolved. */
export async function tellAlert(
  tx: Pick<PoolClient, 'query'>,
  { run, alert }: AlertOfRun,
): Promise<void> {
  await tx.query(
    "INSERT INTO runbook.run_intent (run_id, person, via, intent) VALUES ($1, $2, 'alert', $3)",
    [run, `alert:${alert.source}`, JSON.stringify({ type: 'alert', alert })],
  );
}

/**
 * Tells open runs what is new about their alerts: that another one fires, that one is resolved or fires
 * again. A run that nobody holds is queued for it.
 */
export async function tellAlerts(
  pool: Pool,
  dispatch: Dispatch,
  all: readonly AlertOfRun[],
): Promise<void> {
  for (const one of all) {
    if (!(await isNews(pool, one))) continue;
    await inTransaction(pool, async (tx) => {
      const { rows } = await tx.query<LegOf & { readonly isIdle: boolean }>(
        `SELECT id, label, replay, severity, holder IS NULL AND leg IS NULL AS "isIdle"
         FROM runbook.run WHERE id = $1 AND finished_at IS NULL FOR NO KEY UPDATE`,
        [one.run],
      );
      const [run] = rows;
      // Another server may have told it meanwhile.
      if (run === undefined || !(await isNews(tx, one))) return;
      await tellAlert(tx, one);
      if (run.isIdle) await enqueueLeg(tx, dispatch, run);
    });
  }
}

async function isNews(
  database: Pick<PoolClient, 'query'>,
  { run, alert: { source, key, status } }: AlertOfRun,
): Promise<boolean> {
  const { rows } = await database.query<{ is: boolean }>(IS_NEWS, [
    ...[run, source, key, status],
    MOST_TOLD[status],
  ]);
  return rows[0]?.is === true;
}
