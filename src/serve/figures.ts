import type { Pool } from 'pg';
import { WITHOUT_OWNER } from '#team/runs.ts';
import type { Figure } from '#web/served-team.ts';

type Query = Omit<Figure, 'values'> & {
  readonly sql: string;
  /** Values that are there even if nothing counts. */
  readonly always?: readonly string[];
};

/** Each reads what is open, or the last hour: a scrape must not read years of history. */
const QUERIES: readonly Query[] = [
  {
    ...{ name: 'runs_open', help: 'Runs that have not finished, by state.', label: 'state' },
    always: ['queued', 'running', 'waiting', 'paused'],
    sql: 'SELECT status AS of, count(*) AS value FROM runbook.run WHERE finished_at IS NULL GROUP BY status',
  },
  {
    ...{ name: 'gates_waiting', help: 'Gates that wait for a person.' },
    sql: "SELECT count(*) AS value FROM runbook.run WHERE finished_at IS NULL AND waiting_for = 'gate'",
  },
  {
    ...{ name: 'legs', help: 'Legs of runs, by state.', label: 'state' },
    always: ['queued', 'held'],
    sql: `SELECT CASE WHEN holder IS NULL THEN 'queued' ELSE 'held' END AS of, count(*) AS value
      FROM runbook.run WHERE finished_at IS NULL AND (holder IS NOT NULL OR leg IS NOT NULL) GROUP BY 1`,
  },
  {
    ...{ name: 'queue_age_seconds', help: 'The age of the oldest leg that no worker has taken.' },
    sql: `SELECT coalesce(max(extract(epoch FROM now() - changed_at)), 0) AS value
      FROM runbook.run WHERE finished_at IS NULL AND holder IS NULL AND leg IS NOT NULL`,
  },
  {
    ...{ name: 'runs_in_trouble', help: 'Runs whose last leg failed.' },
    sql: 'SELECT count(*) AS value FROM runbook.run WHERE finished_at IS NULL AND trouble IS NOT NULL',
  },
  {
    ...{
      name: 'runs_without_owner',
      help: 'Runs that should go on, and that neither a worker nor the queue has.',
    },
    sql: `SELECT count(*) AS value FROM runbook.run WHERE ${WITHOUT_OWNER}`,
  },
  {
    ...{ name: 'workers', help: 'Workers that are not gone, by state.', label: 'state' },
    always: ['alive', 'draining'],
    sql: "SELECT state AS of, count(*) AS value FROM runbook.worker WHERE state IN ('alive', 'draining') GROUP BY state",
  },
  {
    ...{ name: 'places', help: 'The most runs that all workers work on at a time.' },
    sql: "SELECT coalesce(sum(places), 0) AS value FROM runbook.worker WHERE state = 'alive'",
  },
  {
    ...{
      name: 'months_ahead',
      help: 'The coming months whose lines have a partition of their own.',
    },
    sql: `SELECT count(to_regclass('runbook.run_event_'
        || to_char(date_trunc('month', now() AT TIME ZONE 'UTC') + i * interval '1 month', 'YYYYMM'))) AS value
      FROM generate_series(1, 2) AS i`,
  },
  {
    ...{
      name: 'notices',
      help: 'Messages to people that did not arrive so far, by state.',
      label: 'state',
    },
    always: ['waiting', 'failed'],
    sql: `SELECT CASE state WHEN 'failed' THEN 'failed' ELSE 'waiting' END AS of, count(*) AS value FROM runbook.notice
      WHERE error IS NOT NULL AND (state IN ('due', 'told') OR state = 'failed' AND changed_at > now() - interval '1 day')
      GROUP BY 1`,
  },
  {
    ...{ name: 'alerts_last_hour', help: 'Alerts of the last hour.', label: 'decision' },
    always: ['started', 'joined', 'resolved', 'no-route', 'refused', 'limited'],
    sql: `SELECT decision AS of, count(*) AS value FROM runbook.alert
      WHERE received_at > now() - interval '1 hour' GROUP BY decision`,
  },
  {
    ...{ name: 'intents_refused_total', help: 'Intents that workers refused.' },
    sql: `SELECT count(*) AS value FROM runbook.run_intent WHERE answer LIKE '{"accepted":false%'`,
  },
];

/** Resolves with the figures of a control plane. No value of a label is a text that somebody wrote. */
export async function teamFigures(pool: Pool): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const { sql, always = [], ...figure } of QUERIES) {
    const { rows } = await pool.query<{ of?: string; value: string | number }>(sql);
    const found = rows.map(({ of, value }) => ({ of, value: Number(value) }));
    const missing = always.filter((name) => !found.some(({ of }) => of === name));
    figures.push({ ...figure, values: [...found, ...missing.map((of) => ({ of, value: 0 }))] });
  }
  return figures;
}
