import type { Pool } from 'pg';
import { inTransaction } from '../database.ts';
import { type Dispatch, enqueueLeg, type LegOf } from '../dispatch.ts';
import { refuseUnanswered } from '../record/unanswered.ts';

/** A run that a worker holds, under an epoch that no other claim ever gets. */
export type Claim = LegOf & {
  readonly worker: string;
  readonly epoch: string;
  /** The number of the last line, and its hash. */
  readonly seq: number;
  readonly head: string;
  readonly runbook: string;
  readonly textSha256: string;
  readonly environment: string;
  readonly mode: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly startedBy: string;
  readonly source: string;
  readonly failures: number;
  /** The time after which the run is parked when it waits; that of the worker if undefined. */
  readonly holdMs: number | undefined;
  /** The clock of the control plane minus that of this machine, in milliseconds. */
  readonly skewMs: number;
};

type ClaimRow = {
  readonly id: string;
  readonly epoch: string;
  readonly head_seq: number;
  readonly head_hash: string;
  readonly runbook: string;
  readonly text_sha256: string;
  readonly environment: string;
  readonly label: string;
  readonly mode: string;
  readonly severity: string;
  readonly inputs: Readonly<Record<string, string>>;
  readonly started_by: string;
  readonly source: string;
  readonly replay: number;
  readonly failures: number;
  readonly hold_ms: number | null;
  readonly now: Date;
};

/** Locks the worker before the run, as who ends a worker does. */
const CLAIM = `
WITH self AS (
  SELECT id AS worker FROM runbook.worker WHERE id = $2 AND state IN ('alive', 'draining') FOR SHARE
)
UPDATE runbook.run SET holder = worker, epoch = epoch + 1, changed_at = now() FROM self
WHERE id = $1 AND holder IS NULL AND finished_at IS NULL
RETURNING id, epoch, head_seq, head_hash, runbook, text_sha256, environment, label, mode, severity,
  inputs, started_by, source, replay, failures, hold_ms, clock_timestamp() AS now`;

/** Claims a run for a worker; resolves with undefined if it is held, has finished, or the worker has ended. */
export async function claimRun(
  pool: Pool,
  run: string,
  worker: string,
): Promise<Claim | undefined> {
  const { rows } = await pool.query<ClaimRow>(CLAIM, [run, worker]);
  const [row] = rows;
  if (row === undefined) return undefined;
  return {
    ...{ id: row.id, worker, epoch: row.epoch, seq: row.head_seq, head: row.head_hash },
    ...{ runbook: row.runbook, textSha256: row.text_sha256, environment: row.environment },
    ...{ label: row.label, mode: row.mode, severity: row.severity, inputs: row.inputs },
    ...{ startedBy: row.started_by, source: row.source, replay: row.replay },
    failures: row.failures,
    holdMs: row.hold_ms ?? undefined,
    skewMs: row.now.getTime() - Date.now(),
  };
}

/** The reason of a release. */
export type Release =
  | { readonly why: 'rests' | 'lost' }
  /** The leg failed: it is tried again later, and `trouble` is shown. */
  | { readonly why: 'failed'; readonly trouble: string };

/** The number of failed legs in a row after which a run waits for a person. */
export const MOST_FAILURES = 10;

/**
 * Releases a claim in one transaction, under an epoch of its own. A run that was lost, that has
 * unanswered intents, or whose leg failed gets another leg. Does nothing if the claim is not the
 * current one.
 */
export async function releaseRun(
  pool: Pool,
  dispatch: Dispatch,
  claim: Pick<Claim, 'id' | 'worker' | 'epoch'>,
  release: Release,
): Promise<void> {
  const trouble = release.why === 'failed' ? release.trouble : null;
  await inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<LegOf & { finished: boolean; failures: number }>(
      `UPDATE runbook.run SET holder = NULL, epoch = epoch + 1, leg = NULL, changed_at = now(),
         trouble = coalesce($4, CASE WHEN $5 THEN trouble END),
         failures = CASE WHEN $4 IS NOT NULL THEN failures + 1 WHEN $5 THEN failures ELSE 0 END
       WHERE id = $1 AND holder = $2 AND epoch = $3
       RETURNING id, label, replay, severity, finished_at IS NOT NULL AS finished, failures`,
      [claim.id, claim.worker, claim.epoch, trouble, release.why === 'lost'],
    );
    const [run] = rows;
    if (run?.finished === true) await refuseUnanswered(tx, run.id);
    if (run === undefined || run.finished) return;
    if (release.why === 'failed') {
      if (run.failures < MOST_FAILURES)
        await enqueueLeg(tx, dispatch, run, { delaySeconds: delayAfter(run.failures) });
      return;
    }
    const asked = await tx.query(
      'SELECT 1 FROM runbook.run_intent WHERE run_id = $1 AND done_at IS NULL LIMIT 1',
      [run.id],
    );
    const isAwaited = asked.rowCount !== 0;
    if (release.why === 'lost' || isAwaited) await enqueueLeg(tx, dispatch, run, { isAwaited });
  });
}

/** Returns the seconds before the next leg after failures: 1 s to 5 min. */
function delayAfter(failures: number): number {
  return Math.min(300, 2 ** (failures - 1));
}
