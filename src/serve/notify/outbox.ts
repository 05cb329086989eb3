import type { Pool } from 'pg';
import type { ChannelTrouble } from '#web/served-team.ts';
import type { NoticeKind } from './notice.ts';

/** Who is told of what: one channel, after the question has waited for so long. */
export type NotifyRule = {
  readonly on: readonly NoticeKind[];
  /** Undefined for every environment. */
  readonly environments: readonly string[] | undefined;
  readonly to: readonly string[];
  readonly afterMs: number;
};

/** A message that is to be delivered, or that was and whose question may be answered now. */
export type DueNotice = {
  readonly id: string;
  readonly run: string;
  readonly question: string;
  readonly kind: NoticeKind;
  readonly channel: string;
  readonly state: 'due' | 'told';
  readonly tries: number;
  readonly reference: string | null;
  readonly late: boolean;
};

/** The result of an attempt. */
export type Settled = {
  /** `closed` also if nobody had to be told. */
  readonly state: 'due' | 'told' | 'closed' | 'failed';
  readonly reference?: string | undefined;
  readonly error?: string | undefined;
  /** When it is looked at again, at the earliest. */
  readonly afterMs?: number;
};

/** A server that ends in an attempt leaves it to the others after this time. */
const ATTEMPT_S = 60;
/** Ends of runs are told for so long after they happened. */
const FINISHED_S = 3_600;
/** A message that could not be delivered for so long is given up. */
const GIVE_UP_S = 3 * 86_400;

const KIND = `CASE WHEN r.finished_at IS NOT NULL THEN 'finished' WHEN r.waiting_for IN ('gate', 'unknown')
  THEN r.waiting_for ELSE 'question' END`;
const SINCE = "coalesce(r.summary->>'waitingSince', 'finished')";

/** Notes what is to be told of runs by the rules, once each; a change of the rules tells nothing again. */
export async function noteDue(pool: Pool, rules: readonly NotifyRule[]): Promise<void> {
  const rows = rules.flatMap(({ on, environments, to, afterMs }) =>
    on.flatMap((kind) =>
      (environments ?? ['*']).flatMap((environment) =>
        to.map((channel) => ({ kind, environment, channel, after_s: Math.round(afterMs / 1_000) })),
      ),
    ),
  );
  if (rows.length === 0) return;
  await pool.query(
    `WITH rule AS (
       SELECT * FROM jsonb_to_recordset($1::jsonb) AS r(kind text, environment text, channel text, after_s int)
     ), told AS (
       SELECT * FROM runbook.run WHERE finished_at IS NULL AND status = 'waiting'
       UNION ALL
       SELECT * FROM runbook.run WHERE finished_at > now() - interval '${FINISHED_S} seconds'
     )
     INSERT INTO runbook.notice (run_id, question, kind, channel, after_s, due_at)
     SELECT r.id, ${SINCE}, rule.kind, rule.channel, rule.after_s,
       coalesce((r.summary->>'waitingSince')::timestamptz, r.finished_at) + rule.after_s * interval '1 second'
     FROM told AS r JOIN rule ON rule.kind = ${KIND} AND rule.environment IN ('*', r.environment)
     WHERE r.summary IS NOT NULL
     ON CONFLICT DO NOTHING`,
    [JSON.stringify(rows)],
  );
}

/**
 * Takes messages that are due and those whose question no longer waits; no other server has them for a
 * minute.
 */
export async function takeDue(pool: Pool, most: number): Promise<readonly DueNotice[]> {
  const { rows } = await pool.query<DueNotice>(
    `UPDATE runbook.notice AS n SET due_at = now() + interval '${ATTEMPT_S} seconds', tries = tries + 1
     WHERE id IN (
       SELECT n.id FROM runbook.notice AS n JOIN runbook.run AS r ON r.id = n.run_id
       WHERE n.state IN ('due', 'told') AND n.due_at <= now()
         AND (n.state = 'due' OR r.finished_at IS NOT NULL OR r.status <> 'waiting' OR ${SINCE} <> n.question)
       ORDER BY n.due_at LIMIT $1 FOR UPDATE OF n SKIP LOCKED)
     RETURNING id, run_id AS run, question, kind, channel, state, tries, reference,
       changed_at < now() - interval '${GIVE_UP_S} seconds' AS late`,
    [most],
  );
  return rows;
}

/** Keeps what came of an attempt. */
export async function settle(pool: Pool, id: string, settled: Settled): Promise<void> {
  const { state, reference = null, error = null, afterMs = 0 } = settled;
  await pool.query(
    `UPDATE runbook.notice SET error = $4, reference = coalesce($3, reference),
       due_at = now() + $5 * interval '1 millisecond',
       tries = CASE WHEN state = $2 THEN tries ELSE 0 END,
       told_at = CASE WHEN $2 = 'told' THEN coalesce(told_at, now()) ELSE told_at END,
       changed_at = CASE WHEN state = $2 THEN changed_at ELSE now() END, state = $2
     WHERE id = $1`,
    [id, state, reference, error, afterMs],
  );
}

/** Resolves with the channels that lately did not take a message. */
export async function channelTroubles(pool: Pool): Promise<readonly ChannelTrouble[]> {
  const { rows } = await pool.query<ChannelTrouble>(
    `SELECT channel, count(*) FILTER (WHERE state IN ('due', 'told'))::int AS waiting,
       count(*) FILTER (WHERE state = 'failed')::int AS failed,
       (array_agg(error ORDER BY due_at DESC))[1] AS error
     FROM runbook.notice
     WHERE error IS NOT NULL AND (state IN ('due', 'told') OR changed_at > now() - interval '1 day')
     GROUP BY channel ORDER BY channel`,
  );
  return rows;
}
