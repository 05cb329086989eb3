import type { StepError } from '#runbook/model/step-error.ts';
import type { Json, SqlResult } from '#runbook/model/value.ts';
import type { SqlAction } from '#safety/actions/action.ts';
import { unansweredChange, withHint } from '../database/change-outcome.ts';
import {
  type DatabaseExecutorOptions,
  type Execution,
  holdConnection,
} from '../database/held-connection.ts';
import { Interruption } from '../database/interruption.ts';
import { otherServer } from '../database/server-identity.ts';
import { endTransaction } from '../database/transaction-end.ts';
import type { ExecuteContext, Executor, StepOutcome } from '../executor.ts';
import { longestTimer } from '../timer-limit.ts';
import type { PostgresConnection } from './connection.ts';
import { hasNoEffect, isAnswer, postgresError } from './errors.ts';
import { loginToPostgres } from './login.ts';
import { Statement } from './statement.ts';

/** Returns an executor for PostgreSQL. */
export function createPostgresExecutor(options: DatabaseExecutorOptions): Executor {
  return holdConnection({ login: loginToPostgres, execute: executeOnPostgres }, options);
}

/** The lock timeout: a step that waits longer makes other sessions queue up behind it. */
const LOCK_TIMEOUT_MS = 5_000;

/**
 * A server that can, from PostgreSQL 14 on and on Linux, ends a change whose client is gone; others
 * refuse the setting.
 */
const NOTICES_A_LOST_CLIENT =
  "CASE WHEN current_setting('server_version_num')::int >= 140000 AND version() LIKE '%linux%' " +
  "THEN set_config('client_connection_check_interval', '2s', false) END";

/** The idle timeout of a transaction: after it, its process counts as hung. */
const IDLE_IN_TRANSACTION_MS = 15_000;

/**
 * Runs one action on a connection. A read runs in a read-only transaction, after a query of the
 * executor: as the first statement it could still make the transaction writable. A change runs
 * outside a transaction, since some statements refuse to run inside one. The server's notices are
 * the output.
 */
async function executeOnPostgres(
  connection: PostgresConnection,
  action: SqlAction,
  context: ExecuteContext,
): Promise<Execution> {
  const { signal, onOutput } = context;
  const forgetNotices = connection.onNotice((notice) =>
    onOutput('stderr', Buffer.from(`${notice}\n`)),
  );
  const interruption = new Interruption(connection, action, {
    signal,
    isServerTimed: action.readOnly || !connection.isPooled,
  });
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

/** Prepares the session. Returns undefined when ready; otherwise nothing has run. */
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
 * Returns the statements that prepare the session. They also check that the connection still works
 * before a change is sent, and query the server's identity.
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
  // Behind a pooler, session settings would reach other clients.
  if (isPooled) return `SELECT ${server}`;
  return (
    `SELECT ${server}, set_config('statement_timeout', '${statement}', false), ` +
    `set_config('lock_timeout', '${lock}', false), ${NOTICES_A_LOST_CLIENT}`
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
    // The code is the same for both; the texts are localized.
    const isLate = performance.now() - startedAt >= action.timeoutMs;
    if (reported.kind === 'cancelled' && interruption.error === undefined && isLate)
      reported = { ...reported, kind: 'timeout' };
    if (action.readOnly) return { status: 'failed', error: reported };
    return endOfChange(reported, hasNoEffect(error));
  }
}

/**
 * Runs a `DO` block in one transaction, so that its values are not visible to others, even behind a
 * pooler.
 */
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

/** Returns the outcome of a change that did not succeed. */
function endOfChange(error: StepError, noEffect: boolean): StepOutcome {
  if (!noEffect) return unansweredChange(error);
  return { status: 'failed', error: error.code === '57014' ? withHint(error, UNDONE) : error };
}

const UNDONE =
  'The server has rolled back the statement; what it did to other sessions (ending them, reloads) stays.';

/** A `DO` block without parameters, and the statement to run before it in the same transaction. */
type DoBlock = {
  readonly settings: string;
  readonly text: string;
};

const QUOTED_OR_PARAMETER =
  /'(?:[^']|'')*'|"(?:[^"]|"")*"|--[^\n]*|\/\*[\s\S]*?\*\/|\$(?<number>\d+)\b/g;

/**
 * Converts a `DO` block with values, since PostgreSQL cannot bind any there: a preceding statement
 * binds them as settings of the transaction, and the block reads these as text. Returns undefined
 * for any other statement, and for a block without values.
 */
function bindDoBlock(text: string, values: readonly Json[]): DoBlock | undefined {
  if (values.length === 0 || !/^\s*DO\b/i.test(text)) return undefined;
  const kept = values.map(
    (_, index) => `set_config('${settingOf(index + 1)}', $${index + 1}, true)`,
  );
  return {
    settings: `SELECT ${kept.join(', ')}`,
    text: text.replaceAll(QUOTED_OR_PARAMETER, (found, number: string | undefined) =>
      number === undefined ? found : `current_setting('${settingOf(Number(number))}')`,
    ),
  };
}

function settingOf(number: number): string {
  return `runbook.value_${number}`;
}
