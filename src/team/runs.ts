import type { Pool, PoolClient } from 'pg';
import type { EventOf } from '#events/log/event.ts';
import type { RunRow, TeamRow } from '#events/view/run-row.ts';
import { decodeLine } from '#run/journal/line.ts';
import { alteredRun, type SettledColumns } from './settled.ts';
import { LEASE_TIMES } from './watch/lease.ts';

/** A run of the control plane: its row in a list, and how it is held. */
export type TeamRun = TeamRow &
  SettledColumns & {
    readonly source: string;
    readonly fingerprint: string | undefined;
    readonly headSeq: number;
    readonly headHash: string;
    readonly epoch: string;
    /** The worker that holds it; undefined if it is queued or parked. */
    readonly holder: string | undefined;
    readonly failures: number;
  };

/**
 * Whether the open run of the row `run` of runbook.run should go on, and neither a worker that is alive or
 * draining nor the queue has it.
 */
export const WITHOUT_OWNER = `(finished_at IS NULL AND CASE
  WHEN holder IS NOT NULL THEN NOT EXISTS (
    SELECT FROM runbook.worker AS h WHERE h.id = holder AND h.state IN ('alive', 'draining'))
  ELSE leg IS NULL AND (status IN ('queued', 'running') OR EXISTS (
    SELECT FROM runbook.run_intent AS i WHERE i.run_id = run.id AND i.done_at IS NULL)) END)`;

/**
 * Why no worker continues the run of the row `run` of runbook.run, or null: what its last leg failed with,
 * that nobody is there who could take it, or that nobody has it.
 */
export const TROUBLE = `CASE WHEN finished_at IS NULL THEN coalesce(trouble, (
  SELECT CASE WHEN count(*) = 0 THEN 'no worker has the label ' || label
    WHEN NOT bool_or(w.replay = run.replay)
      THEN 'no worker with the label ' || label || ' has replay version ' || run.replay
      || ', with which the run began'
    END
  FROM runbook.worker AS w
  WHERE w.state IN ('alive', 'draining') AND w.beat_at > now() - interval '${LEASE_TIMES.deadMs} milliseconds'
    AND (w.id = holder OR w.state = 'alive' AND label = ANY (w.labels))
), CASE WHEN ${WITHOUT_OWNER} THEN 'no worker has it, and it is in no queue' END) END`;

/** The columns of a run; its summary is written by a worker and may be missing. */
export const COLUMNS = `summary, id, runbook, text_sha256 AS "textSha256", title, environment, label, mode, severity,
  inputs, started_by AS "startedBy", source, fingerprint, status, waiting_for AS "waitingFor",
  current_step AS "step", outcome, head_seq AS "headSeq", head_hash AS "headHash", epoch, holder,
  ${TROUBLE} AS trouble, failures, created_at AS "startedAt", changed_at AS "changedAt"`;

/** A run in its columns. */
export type RunColumns = TeamRun & { readonly summary: RunRow | null };

/** Resolves with a run, or undefined if there is none with that ID. */
export async function readRun(pool: Pool, id: string): Promise<TeamRun | undefined> {
  const { rows } = await pool.query<RunColumns>(
    `SELECT ${COLUMNS} FROM runbook.run WHERE id = $1`,
    [id],
  );
  if (rows[0] === undefined) return undefined;
  const run = runOf(rows[0]);
  const started = await startOf(pool, id);
  const altered = started && alteredRun(run, started);
  // Who may see and answer it is decided by what it began with.
  return altered === undefined
    ? run
    : { ...run, environment: started?.environment ?? run.environment, trouble: altered };
}

/** Resolves with the first event of a run, or undefined if it has none yet. */
export async function startOf(
  database: Pick<PoolClient, 'query'>,
  id: string,
): Promise<EventOf<'run.started'> | undefined> {
  const { rows } = await database.query<{ line: string }>(
    'SELECT line FROM runbook.run_event WHERE run_id = $1 AND seq = 1',
    [id],
  );
  const event = decodeLine(Buffer.from(rows[0]?.line ?? ''))?.event;
  return event?.type === 'run.started' ? event : undefined;
}

/**
 * Resolves with the SHA-256 of the texts that open runs have begun with, or will: of their runbooks, and
 * of those that run as their steps.
 */
export async function textsInUse(pool: Pool): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ id: string; digest: string }>(
    'SELECT id, text_sha256 AS digest FROM runbook.run WHERE finished_at IS NULL',
  );
  const digests = new Set(rows.map(({ digest }) => digest));
  for (const { id } of rows)
    for (const child of (await startOf(pool, id))?.children ?? []) digests.add(child.sha256);
  return digests;
}

/** Returns a run of its columns. It started when it was created, as its ID says. */
export function runOf({ summary, ...columns }: RunColumns): TeamRun {
  const values = Object.entries(columns).map(([name, value]: [string, unknown]) => [
    name,
    value instanceof Date ? value.toISOString() : (value ?? undefined),
  ]);
  return { operator: columns.startedBy, ...summary, ...Object.fromEntries(values) };
}
