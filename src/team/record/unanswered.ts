import type { Pool, PoolClient } from 'pg';
import type { TeamIntent } from '#events/log/news.ts';
import { ACCEPTED } from '#events/log/submission.ts';
import { GivenAnswers } from '#events/wording/answered-by.ts';
import { refused } from '#events/wording/reasons.ts';
import { readRecords } from '#run/journal/cursor.ts';
import { inTransaction } from '../database.ts';
import { journalRows } from './journal.ts';

/** They ask for nothing, and nobody waits for an answer. */
const BY_NOBODY: ReadonlySet<string> = new Set<TeamIntent['type']>(['look', 'alert']);

/**
 * Answers what was sent to a run that has finished meanwhile, with who answered its question, in the
 * transaction that releases the run: nothing more is sent to it then.
 */
export async function refuseUnanswered(tx: PoolClient, run: string): Promise<void> {
  const { rows } = await tx.query<{ id: string; atSeq: number | null; type: string }>(
    `SELECT id, at_seq AS "atSeq", intent->>'type' AS type FROM runbook.run_intent
     WHERE run_id = $1 AND done_at IS NULL ORDER BY id`,
    [run],
  );
  if (rows.length === 0) return;
  const answers = new GivenAnswers();
  for (const record of (await readRecords(journalRows(tx, run))).records) answers.take(record);
  for (const { id, atSeq, type } of rows) {
    const why = answers.to(atSeq ?? undefined) ?? ({ kind: 'finished' } as const);
    const verdict = BY_NOBODY.has(type) ? ACCEPTED : refused('ended', why);
    await tx.query('UPDATE runbook.run_intent SET done_at = now(), answer = $2 WHERE id = $1', [
      id,
      JSON.stringify(verdict),
    ]);
  }
}

/** Does the same for runs whose worker died before it could release them. */
export async function refuseLeftOpen(pool: Pool): Promise<void> {
  await inTransaction(pool, async (tx) => {
    const { rows } = await tx.query<{ id: string }>(
      `SELECT id FROM runbook.run WHERE finished_at IS NOT NULL AND holder IS NULL
         AND id IN (SELECT run_id FROM runbook.run_intent WHERE done_at IS NULL)
       ORDER BY id LIMIT 50 FOR UPDATE SKIP LOCKED`,
    );
    for (const { id } of rows) await refuseUnanswered(tx, id);
  });
}
