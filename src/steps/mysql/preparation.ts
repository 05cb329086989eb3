import type { SqlAction } from '#safety/actions/action.ts';
import { longestTimer } from '../timer-limit.ts';

/** A step that waits longer for a lock would make others queue up behind it. */
const LOCK_TIMEOUT_MS = 5_000;

/** A transaction of ours that is idle for longer belongs to a process that hangs. */
const IDLE_IN_TRANSACTION_S = 15;

/** Between two steps a person may think for longer than a server keeps idle sessions. */
const IDLE_S = 28_800;

/**
 * Returns what is sent before every statement: limits, autocommit, and whether anything may be
 * written. It also finds out whether the connection still works, so that a change is not sent into
 * the void.
 */
export function mysqlPreparation(
  { readOnly, timeoutMs }: SqlAction,
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
    ...(readOnly ? ['START TRANSACTION READ ONLY'] : []),
  ];
}
