import type { Pool } from 'pg';
import type { Dispatch } from '#team/dispatch.ts';

/** How long a server keeps what no record of a run needs, in milliseconds. */
export type Retention = {
  /** Alerts in the list of those that came; a run keeps its own. */
  readonly alertsMs: number;
  /** Workers, legs and messages that have ended. */
  readonly legsMs: number;
};

const DAY_MS = 86_400_000;
/** The retention without a config. */
export const RETENTION: Retention = { alertsMs: 365 * DAY_MS, legsMs: 7 * DAY_MS };

/** The most that one statement removes, so that none holds its locks for long. */
const MOST = 1_000;

/** Rows that can be removed, by what their age is compared with; $1 is the oldest moment that is kept. */
const OUTLIVED: readonly (readonly [keyof Retention, table: string, condition: string])[] = [
  ['alertsMs', 'alert', 'received_at < $1'],
  [
    'legsMs',
    'worker',
    `state IN ('dead', 'gone') AND beat_at < $1
     AND NOT EXISTS (SELECT FROM runbook.run WHERE holder = worker.id)`,
  ],
  // Those of an open run say what was told already.
  [
    'legsMs',
    'notice',
    'changed_at < $1 AND EXISTS (SELECT FROM runbook.run AS r WHERE r.id = run_id AND r.finished_at < $1)',
  ],
  // A worker that died in an action has not removed its output.
  ['legsMs', 'run_live', 'at < $1'],
];

/** Removes what is older than the retention; resolves with the number of rows and legs. */
export async function removeOutlived(
  { pool, dispatch }: { readonly pool: Pool; readonly dispatch: Pick<Dispatch, 'forget'> },
  retention: Retention,
): Promise<number> {
  let removed = 0;
  const all = async (some: () => Promise<number>) => {
    for (let count = MOST; count === MOST; removed += count) count = await some();
  };
  const before = (key: keyof Retention) => new Date(Date.now() - retention[key]);
  for (const [key, table, condition] of OUTLIVED)
    await all(async () => {
      const { rowCount } = await pool.query(
        `DELETE FROM runbook.${table} WHERE ctid = ANY (ARRAY(
           SELECT ctid FROM runbook.${table} WHERE ${condition} LIMIT ${MOST}))`,
        [before(key)],
      );
      return rowCount ?? 0;
    });
  await all(() => dispatch.forget(before('legsMs'), MOST));
  return removed;
}
