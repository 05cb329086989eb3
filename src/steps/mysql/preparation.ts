import type { SqlAction } from '#safety/kinds/sql.ts';
import { longestTimer } from '../timer-limit.ts';

/** The lock timeout: a step that waits longer makes other sessions queue up behind it. */
const LOCK_TIMEOUT_MS = 5_000;

/** The idle timeout of a transaction: after it, its process counts as hung. */
const IDLE_IN_TRANSACTION_S = 15;

/**
 * The idle timeout of a session: an operator may think longer between steps than a server's
 * default.
 */
const IDLE_S = 28_800;

/**
 * Returns the statements that set what a session keeps for an action: limits, autocommit and the
 * access mode.
 */
export function mysqlPreparation(
  { readOnly, timeoutMs }: Pick<SqlAction, 'readOnly' | 'timeoutMs'>,
  engine: string,
): readonly string[] {
  const limitMs = longestTimer(timeoutMs);
  const lock = Math.max(1, Math.round(Math.min(LOCK_TIMEOUT_MS, limitMs) / 1_000));
  const limits =
    engine === 'mariadb'
      ? `max_statement_time = ${limitMs / 1_000}, idle_transaction_timeout = ${IDLE_IN_TRANSACTION_S}`
      : `max_execution_time = ${limitMs}`;
  return [
    `SET SESSION ${limits}, lock_wait_timeout = ${lock}, innodb_lock_wait_timeout = ${lock}, ` +
      `wait_timeout = ${IDLE_S}, autocommit = 1`,
    `SET SESSION TRANSACTION READ ${readOnly ? 'ONLY' : 'WRITE'}`,
  ];
}
