import type { StepError } from '#runbook/model/step-error.ts';
import type { SqlResult } from '#runbook/model/value.ts';
import type { SqlAction } from '#safety/actions/action.ts';
import { unansweredChange, withHint } from '../database/change-outcome.ts';
import type { Execution } from '../database/held-connection.ts';
import { otherServer } from '../database/server-identity.ts';
import { endTransaction } from '../database/transaction-end.ts';
import type { ExecuteContext, StepOutcome } from '../executor.ts';
import { longestTimer } from '../timer-limit.ts';
import type { PostgresConnection } from './connection.ts';
import { bindDoBlock, type DoBlock } from './do-block.ts';
import { hasNoEffect, isAnswer, postgresError } from './errors.ts';
import { Interruption } from './interruption.ts';
import { Statement } from './statement.ts';

/** A step that waits longer for a lock would make others queue up behind it. */
const LOCK_TIMEOUT_MS = 5_000;

/** A transaction of ours that is idle for longer belongs to a process that hangs. */
const IDLE_IN_TRANSACTION_MS = 15_000;

/**
 * Runs one action on a connection. A read runs in a read-only transaction, after a query of ours: as
 * the first of its transaction it could still make that writable. A change runs outside of one,
 * since some statements refuse to run inside. Notices of the server are its output.
 */
export async function executeOnPostgres(
  connection: PostgresConnection,
  action: SqlAction,
  context: ExecuteContext,
): Promise<Execution> {
  const { signal, onOutput } = context;
  const forgetNotices = connection.onNotice((notice) =>
    onOutput('stderr', Buffer.from(`${notice}\n`)),
  );
  const interruption = new Interruption(connection, action, signal);
  let execution: Execution | undefined;
  try {
    execution =
      (await prepare(connection, action, interruption, context)) ??
      (await runStatement(connection, action, interruption));
    return execution;
  } finally {
    await interruption.end();
    forgetNotices();
    if (action.readOnly)
      await endTransaction(connection, execution?.status === 'succeeded' ? 'COMMIT' : 'ROLLBACK');
  }
}

/** Returns undefined when all is ready. Nothing has happened yet when it is not. */
async function prepare(
  connection: PostgresConnection,
  action: SqlAction,
  interruption: Interruption,
  context: ExecuteContext,
): Promise<Execution | undefined> {
  try {
    await connection.commandAsking(preparation(action, connection));
  } catch (error) {
    if (!isAnswer(error)) connection.abandon();
    const reported = postgresError(error, 'query');
    if (interruption.error === undefined)
      return { status: reported.kind === 'reset' ? 'lost-before' : 'failed', error: reported };
  }
  const error = interruption.error ?? otherServer(action, connection.facts, context);
  return error && { status: 'failed', error };
}

/**
 * Also finds out whether the connection still works, so that a change is not sent into the void, and
 * asks which server it leads to.
 */
function preparation(
  { readOnly, timeoutMs }: SqlAction,
  { isPooled, serverQuestion = 'NULL' }: PostgresConnection,
): string {
  const server = `${serverQuestion} AS server`;
  const statement = longestTimer(timeoutMs);
  const lock = Math.min(LOCK_TIMEOUT_MS, statement);
  if (readOnly)
    return (
      `BEGIN READ ONLY; SELECT ${server}, set_config('statement_timeout', '${statement}', true), ` +
      `set_config('lock_timeout', '${lock}', true), ` +
      `set_config('idle_in_transaction_session_timeout', '${IDLE_IN_TRANSACTION_MS}', true)`
    );
  // Set for the session, a pooler would hand it on to other clients.
  if (isPooled) return `SELECT ${server}`;
  return (
    `SELECT ${server}, set_config('statement_timeout', '${statement}', false), ` +
    `set_config('lock_timeout', '${lock}', false)`
  );
}

async function runStatement(
  connection: PostgresConnection,
  action: SqlAction,
  interruption: Interruption,
): Promise<StepOutcome> {
  const startedAt = performance.now();
  const block = bindDoBlock(action.text, action.values);
  try {
    const statement = new Statement(action.text, action.values, action.readOnly);
    const result = block
      ? await runBlock(connection, block, action)
      : await connection.run(statement);
    return { status: 'succeeded', result };
  } catch (error) {
    const answered = isAnswer(error);
    if (!answered) connection.abandon();
    let reported = postgresError(error, 'query', action.text);
    const isInterrupted = reported.kind === 'cancelled' || !answered;
    if (isInterrupted) reported = { ...reported, ...interruption.error };
    // A server that speaks another language gives both the same code.
    const isLate = performance.now() - startedAt >= action.timeoutMs;
    if (reported.kind === 'cancelled' && interruption.error === undefined && isLate)
      reported = { ...reported, kind: 'timeout' };
    if (action.readOnly) return { status: 'failed', error: reported };
    return endOfChange(reported, hasNoEffect(error));
  }
}

/** One transaction keeps the values from everybody else, behind a pooler as well. */
async function runBlock(
  connection: PostgresConnection,
  { settings, text }: DoBlock,
  { values, readOnly }: SqlAction,
): Promise<SqlResult> {
  await connection.command('BEGIN');
  try {
    await connection.run(new Statement(settings, values, readOnly));
    const result = await connection.run(new Statement(text, [], readOnly));
    await connection.command('COMMIT');
    return result;
  } catch (error) {
    await endTransaction(connection, 'ROLLBACK');
    throw error;
  }
}

/** Says what is known of a change that did not succeed. */
function endOfChange(error: StepError, noEffect: boolean): StepOutcome {
  if (!noEffect) return unansweredChange(error);
  return { status: 'failed', error: error.code === '57014' ? withHint(error, UNDONE) : error };
}

const UNDONE =
  'The server has undone the statement; what it did to other sessions (ending them, reloads) stays.';
