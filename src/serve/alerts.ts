import type { Pool } from 'pg';
import type { Place, RunsState, StateQuestion } from '#alerts/decide.ts';
import type { RunAlert } from '#events/log/run-alert.ts';
import { suspectSecrets } from '#safety/redaction/suspect-secrets.ts';
import type { KeptAlert, RecordedAlert } from '#web/hooks.ts';
import type { AlertCount, ServedAlert, ServedTeam } from '#web/served-team.ts';

/** Resolves with the open and finished runs of fingerprints, and the starts of a source. */
export async function alertState(
  pool: Pool,
  { fingerprints, places, startsWithinMs }: StateQuestion,
  source: string,
): Promise<RunsState> {
  const open = await pool.query<{ fingerprint: string; id: string }>(
    'SELECT fingerprint, id FROM runbook.run WHERE fingerprint = ANY($1) AND finished_at IS NULL',
    [fingerprints],
  );
  const finished = await pool.query<{ fingerprint: string; at: Date }>(
    `SELECT fingerprint, max(finished_at) AS at FROM runbook.run
     WHERE fingerprint = ANY($1) AND finished_at IS NOT NULL GROUP BY fingerprint`,
    [fingerprints],
  );
  const counted = await pool.query<Place & { count: number }>(
    `SELECT runbook, environment, count(*)::int AS count FROM runbook.run
     WHERE finished_at IS NULL
       AND (runbook, environment) IN (SELECT * FROM unnest($1::text[], $2::text[]))
     GROUP BY runbook, environment`,
    [places.map(({ runbook }) => runbook), places.map(({ environment }) => environment)],
  );
  const started = await pool.query<{ at: Date }>(
    `SELECT received_at AS at FROM runbook.alert WHERE source = $1 AND decision = 'started'
       AND received_at > now() - $2 * interval '1 millisecond'`,
    [source, startsWithinMs],
  );
  return {
    open: new Map(open.rows.map(({ fingerprint, id }) => [fingerprint, id])),
    finishedAt: new Map(finished.rows.map(({ fingerprint, at }) => [fingerprint, at.getTime()])),
    openRuns: counted.rows,
    startedAt: started.rows.map(({ at }) => at.getTime()),
  };
}

/** Resolves with alerts, most recent first: those with an ID before a given one. */
export async function listAlerts(
  pool: Pool,
  { before, limit }: Parameters<ServedTeam['alerts']>[0],
): Promise<readonly ServedAlert[]> {
  const { rows } = await pool.query<ServedAlert>(
    `SELECT a.id, a.source, a.told->>'title' AS title, a.fingerprint, a.status, a.labels, a.decision, a.reason,
       a.run_id AS run, r.environment, a.received_at AS "receivedAt"
     FROM runbook.alert a LEFT JOIN runbook.run r ON r.id = a.run_id
     WHERE $1::bigint IS NULL OR a.id < $1 ORDER BY a.id DESC LIMIT $2`,
    [before ?? null, limit],
  );
  return rows.map((row) => ({
    ...row,
    title: row.title ?? undefined,
    run: row.run ?? undefined,
    reason: row.reason ?? undefined,
    environment: row.environment ?? undefined,
  }));
}

/** Resolves with an alert as it was kept; undefined if there is none of this ID, or an older version kept it. */
export async function findAlert(pool: Pool, id: string): Promise<KeptAlert | undefined> {
  const { rows } = await pool.query<KeptAlert>(
    `SELECT told || jsonb_build_object('labels', labels) AS alert, EXISTS (
       SELECT FROM runbook.alert AS later WHERE later.id > a.id AND later.source = a.source
         AND later.key = a.key AND later.status = 'resolved') AS "isOver"
     FROM runbook.alert AS a WHERE id = $1 AND told IS NOT NULL`,
    [id],
  );
  return rows[0];
}

/** Resolves with how often the alerts of a run came, and when last, by source and key. */
export async function alertCounts(pool: Pool, run: string): Promise<readonly AlertCount[]> {
  const { rows } = await pool.query<AlertCount>(
    `SELECT source, key, count(*) FILTER (WHERE status = 'firing')::int AS seen,
       max(received_at) AS "lastAt"
     FROM runbook.alert WHERE run_id = $1 AND key IS NOT NULL GROUP BY source, key`,
    [run],
  );
  return rows;
}

/** Returns an alert without what looks like a secret: its source may tell more than it should. */
export function withoutSecrets(alert: RunAlert): RunAlert {
  return JSON.parse(JSON.stringify(alert), (_, value: unknown) =>
    typeof value === 'string' ? withoutSuspects(value) : value,
  ) as RunAlert;
}

function withoutSuspects(text: string): string {
  return suspectSecrets(text)
    .toReversed()
    .reduce(
      (rest, { at, length, rule }) =>
        `${rest.slice(0, at)}‹secret:${rule}›${rest.slice(at + length)}`,
      text,
    );
}

/** Stores alerts with the decisions about them. */
export async function recordAlerts(pool: Pool, alerts: readonly RecordedAlert[]): Promise<void> {
  await pool.query(
    `INSERT INTO runbook.alert (source, key, fingerprint, status, labels, told, run_id, decision, reason)
     SELECT source, key, fingerprint, status, told->'labels', told - 'labels', run_id, decision, reason
     FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::jsonb[], $6::text[], $7::text[], $8::text[])
       AS a(source, key, fingerprint, status, told, run_id, decision, reason)`,
    [
      alerts.map(({ alert }) => alert.source),
      alerts.map(({ alert }) => alert.key),
      alerts.map(({ fingerprint }) => fingerprint),
      alerts.map(({ alert }) => alert.status),
      alerts.map(({ alert }) => JSON.stringify(alert)),
      alerts.map(({ run }) => run ?? null),
      alerts.map(({ decision }) => decision),
      alerts.map(({ reason }) => reason ?? null),
    ],
  );
}
