import type { Pool } from 'pg';
import { environmentError } from '#errors.ts';
import type { ChangeBoard, ChangeSign } from '#run/changes/port.ts';
import type { RunNotices } from '#run/follow/port.ts';
import type { RunOutputs } from '#run/outputs/port.ts';
import type { RunRecord } from '#run/store/port.ts';
import { startOf } from '../runs.ts';
import { LEASE_TIMES } from '../watch/lease.ts';
import { journalRows, type OpenRows } from './journal.ts';
import { partsSource } from './outputs.ts';

/** The parts of a record that only its worker has. */
export type HeldRecord = {
  readonly open: OpenRows;
  /** True if this process holds the run already. */
  readonly isClaimed: boolean;
  readonly outputs: RunOutputs;
};

/** Returns a run of the control plane behind the ports of a run; without `held`, to read it. */
export function teamRecord(pool: Pool, run: string, held?: HeldRecord): RunRecord {
  return {
    id: run,
    where: `run ${run} of the team`,
    journal: journalRows(pool, run, held),
    outputs: held?.outputs ?? { sink: READ_ONLY, source: partsSource(pool, run) },
    sources: {
      runbook: async () => {
        const { rows } = await pool.query<{ text: string }>(
          'SELECT t.text FROM runbook.run r JOIN runbook.runbook_text t ON t.sha256 = r.text_sha256 WHERE r.id = $1',
          [run],
        );
        return onlyText(rows, run);
      },
      child: async (name) => {
        const { children = [] } = (await startOf(pool, run)) ?? {};
        const digest = children.find((child) => child.name === name)?.sha256;
        const found = await pool.query<{ text: string }>(
          'SELECT text FROM runbook.runbook_text WHERE sha256 = $1',
          [digest ?? ''],
        );
        return onlyText(found.rows, `${run}/${name}`);
      },
    },
    notices: NO_NOTICES,
    board: teamBoard(pool, run),
  };
}

const READ_ONLY: RunOutputs['sink'] = {
  begin: () => {
    throw environmentError('the run is only read here');
  },
};

/** Who watches a run is told by an intent, which the record of the run does not need. */
const NO_NOTICES: RunNotices = { leave: async () => undefined, receive: () => () => undefined };

function onlyText(rows: readonly { readonly text: string }[], what: string): string {
  const [row] = rows;
  if (row === undefined)
    throw environmentError(`the runbook of ${what} is not in the control plane`);
  return row.text;
}

/** A parked run still is at its gate; a change is at work only where a worker is alive. */
const OTHERS = `
SELECT c.run_id AS run, c.sign FROM runbook.run_change c JOIN runbook.run r ON r.id = c.run_id
LEFT JOIN runbook.worker w ON w.id = r.holder AND w.state IN ('alive', 'draining')
  AND w.beat_at > now() - interval '${LEASE_TIMES.deadMs} milliseconds'
WHERE c.run_id <> $1 AND r.finished_at IS NULL
  AND CASE WHEN (c.sign->>'isAtWork')::boolean THEN w.id IS NOT NULL
    ELSE r.waiting_for = 'gate' OR w.id IS NOT NULL END
ORDER BY c.run_id`;

/** Returns the board of all runs of the control plane, as seen by one of them. */
function teamBoard(pool: Pool, run: string): ChangeBoard {
  return {
    show: async (sign) => {
      await pool.query(
        `INSERT INTO runbook.run_change (run_id, sign) VALUES ($1, $2)
         ON CONFLICT (run_id) DO UPDATE SET sign = excluded.sign`,
        [run, JSON.stringify(sign)],
      );
    },
    others: async () => {
      const { rows } = await pool.query<{ run: string; sign: ChangeSign }>(OTHERS, [run]);
      return rows.map(({ run: id, sign }) => ({ ...sign, run: id, isCertain: true }));
    },
    clear: async () => {
      await pool.query('DELETE FROM runbook.run_change WHERE run_id = $1', [run]);
    },
  };
}
