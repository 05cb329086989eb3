import type { Pool } from 'pg';
import { RANK } from '#team/list-runs.ts';
import { LEASE_TIMES } from '#team/watch/lease.ts';
import type { QueuePlace } from '#web/served-team.ts';

/** Resolves with the place of a run in the queue of its label; undefined if it waits for no worker. */
export async function placeInQueue(pool: Pool, id: string): Promise<QueuePlace | undefined> {
  const { rows } = await pool.query<QueuePlace>(
    `WITH own AS (
       SELECT label, -${RANK} AS rank, changed_at FROM runbook.run
       WHERE id = $1 AND finished_at IS NULL AND holder IS NULL AND leg IS NOT NULL
     ), team AS (
       SELECT w.id, w.places FROM runbook.worker AS w, own
       WHERE w.state = 'alive' AND own.label = ANY (w.labels)
         AND w.beat_at > now() - interval '${LEASE_TIMES.deadMs} milliseconds'
     )
     SELECT own.label, (SELECT count(*)::int FROM runbook.run AS r WHERE r.finished_at IS NULL AND r.holder IS NULL
         AND r.leg IS NOT NULL AND r.label = own.label
         AND (-${RANK}, r.changed_at) < (own.rank, own.changed_at)) AS ahead,
       (SELECT count(*)::int FROM team) AS workers,
       (SELECT count(*)::int FROM runbook.run AS r WHERE r.finished_at IS NULL
         AND r.status <> 'waiting' AND r.holder IN (SELECT team.id FROM team)) AS working,
       (SELECT coalesce(sum(places), 0)::int FROM team) AS places
     FROM own`,
    [id],
  );
  return rows[0];
}
