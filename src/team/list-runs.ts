import type { Pool } from 'pg';
import type { OpenCounts, WantedRuns } from '#events/view/run-row.ts';
import { SEVERITIES } from '#runbook/model/terms.ts';
import { COLUMNS, type RunColumns, runOf, type TeamRun } from './runs.ts';

/** A text is searched in so many finished runs, the most recent ones. */
const SEARCHED = 10_000;

const IN_STATE: { readonly [S in NonNullable<WantedRuns['state']>]: string } = {
  open: 'finished_at IS NULL',
  waiting: "finished_at IS NULL AND status = 'waiting'",
  running: "finished_at IS NULL AND status <> 'waiting'",
  finished: 'finished_at IS NOT NULL',
};

/** All that a text is searched in. */
const SAID = `concat_ws(' ', id, runbook, title, environment, started_by, summary->>'operator',
  summary->>'alert', summary->>'found', summary->>'targets')`;

const WANTED = `($1::text IS NULL OR runbook = $1) AND ($2::text[] IS NULL OR environment = ANY ($2))
  AND ($3::text IS NULL OR position(lower($3) in lower(${SAID})) > 0)`;

/** The severity of a row as a number, the most severe the highest. */
export const RANK = `array_position(ARRAY[${SEVERITIES.map((name) => `'${name}'`).join(', ')}], severity)`;

/** Whoever waits longest for the most severe comes first. */
const LONGEST_FIRST = `${RANK} DESC NULLS LAST, summary->>'waitingSince', id`;

/** Resolves with runs, most recent first, by default 50; those that wait by severity, then by how long. */
export async function listRuns(
  pool: Pool,
  wanted: Partial<WantedRuns>,
): Promise<readonly TeamRun[]> {
  const { state, before, limit = 50 } = wanted;
  const order = state === 'waiting' ? LONGEST_FIRST : 'id DESC';
  const isIn = state === undefined ? 'true' : IN_STATE[state];
  const mostRecent = `SELECT * FROM runbook.run WHERE ${isIn} AND ($4::text IS NULL OR id < $4)`;
  const searched =
    wanted.text === undefined ? mostRecent : `${mostRecent} ORDER BY id DESC LIMIT ${SEARCHED}`;
  // Why a run is in trouble is only asked of those that are listed.
  const { rows } = await pool.query<RunColumns>(
    `SELECT ${COLUMNS} FROM (
       SELECT * FROM (${searched}) AS found WHERE ${WANTED} ORDER BY ${order} LIMIT $5
     ) AS run ORDER BY ${order}`,
    [...valuesOf(wanted), before ?? null, limit],
  );
  return rows.map(runOf);
}

/** Resolves with the number of open runs, apart from `state`, `before` and `limit`. */
export async function countOpen(pool: Pool, wanted: Partial<WantedRuns>): Promise<OpenCounts> {
  const { rows } = await pool.query<OpenCounts>(
    `SELECT count(*) FILTER (WHERE status = 'waiting')::int AS waiting,
       count(*) FILTER (WHERE status <> 'waiting')::int AS running
     FROM runbook.run WHERE finished_at IS NULL AND ${WANTED}`,
    [...valuesOf(wanted)],
  );
  return rows[0] ?? { waiting: 0, running: 0 };
}

function valuesOf({ runbook, environments, text }: Partial<WantedRuns>) {
  return [runbook ?? null, environments ?? null, text ?? null] as const;
}
