import type { Pool } from 'pg';
import type { ChangeBoard, ChangeSign } from '#run/changes/port.ts';
import { LEASE_TIMES } from '../watch/lease.ts';

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
export function teamBoard(pool: Pool, run: string): ChangeBoard {
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
