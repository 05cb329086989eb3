import type { StepError } from '#runbook/model/step-error.ts';
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
import type { MysqlConnection } from './connection.ts';
import { isMysqlAnswer, mysqlError } from './errors.ts';
import { loginToMysql } from './login.ts';
import { bindForMysql, type MysqlBound } from './placeholders.ts';
import { mysqlPreparation } from './preparation.ts';

/** Returns an executor for MySQL or MariaDB. `mysql:` and `mariadb:` URLs reach both. */
export function createMysqlExecutor(options: DatabaseExecutorOptions): Executor {
  return holdConnection({ login: loginToMysql, execute: executeOnMysql }, options);
}

/**
 * Runs one action on a connection. A read runs in a read-only transaction of a session whose
 * transactions are all read-only, so that a procedure that commits cannot write either. A change
 * runs outside a transaction and commits immediately. The server's warnings are the output.
 */
async function executeOnMysql(
  connection: MysqlConnection,
  action: SqlAction,
  context: ExecuteContext,
): Promise<Execution> {
  const { signal, onOutput } = context;
  const bound = bindForMysql(action.text, action.values);
  if ('reason' in bound)
    return failed({ kind: 'syntax', phase: 'query', message: bound.reason, position: bound.at });
  if (signal.aborted) return failed(CANCELLED);
  const note = connection.takeNote();
  if (note !== undefined) onOutput('stderr', Buffer.from(`${note}\n`));
  const interruption = new Interruption(connection, action, {
    signal,
    // MySQL's own timeout covers only SELECTs.
    isServerTimed: action.readOnly || connection.facts.engine === 'mariadb',
  });
  let execution: Execution | undefined;
  try {
    execution =
      (await prepare(connection, action, interruption, context)) ??
      (await runStatement(connection, action, bound, interruption));
    if (execution.status === 'succeeded' && !interruption.isStopped)
      for (const warning of await readWarnings(connection, action.readOnly))
        onOutput('stderr', Buffer.from(`${warning}\n`));
    return execution;
  } finally {
    await interruption.end();
    if (action.readOnly)
      await endTransaction(connection, execution?.status === 'succeeded' ? 'COMMIT' : 'ROLLBACK');
  }
}

const CANCELLED: StepError = {
  kind: 'cancelled',
  phase: 'query',
  message: 'the statement was ended by the operator before it began',
};

/** Prepares the session. Returns undefined when ready; otherwise nothing has run. */
async function prepare(
  connection: MysqlConnection,
  action: SqlAction,
  interruption: Interruption,
  context: ExecuteContext,
): Promise<Execution | undefined> {
  try {
    for (const text of mysqlPreparation(action, connection.facts.engine))
      await connection.command(text);
    await connection.askServer();
  } catch (error) {
    const isLost = !isMysqlAnswer(error);
    if (isLost) connection.abandon();
    if (interruption.error === undefined)
      return { status: isLost ? 'lost-before' : 'failed', error: mysqlError(error, 'query') };
  }
  const error = interruption.error ?? otherServer(action, connection.facts, context);
  return error && failed(error);
}

async function runStatement(
  connection: MysqlConnection,
  action: SqlAction,
  bound: MysqlBound,
  interruption: Interruption,
): Promise<StepOutcome> {
  const startedAt = performance.now();
  // A change always runs to its end, however much it returns.
  const sent = connection.send(bound, action.readOnly ? () => interruption.stop() : undefined);
  try {
    await sent.done;
    const isLate = performance.now() - startedAt >= action.timeoutMs;
    if (action.readOnly && isLate && !interruption.isStopped) return failed(ENDED_SILENTLY);
    return succeeded(sent.result());
  } catch (error) {
    const answered = isMysqlAnswer(error);
    if (!answered) connection.abandon();
    if (interruption.isStopped && interruption.error === undefined) return succeeded(sent.result());
    let reported = placed(mysqlError(error, 'query'), bound);
    if (reported.kind === 'cancelled' || !answered)
      reported = { ...reported, ...interruption.error };
    return action.readOnly ? failed(reported) : change(reported, answered);
  }
}

/** Of a read it concerns its author only, and MySQL repeats it at every look at its process list. */
const DEPRECATED = 1287;

/**
 * Reads the warnings of the last statement: MySQL converts a non-numeric value to 0 and reports it
 * only there.
 */
async function readWarnings(
  connection: MysqlConnection,
  isRead: boolean,
): Promise<readonly string[]> {
  try {
    const warnings = await connection.command('SHOW WARNINGS LIMIT 20');
    const told = warnings.filter(({ Code }) => !isRead || Number(Code) !== DEPRECATED);
    return told.map(({ Level, Code, Message }) => `${Level} ${Code}: ${Message}`);
  } catch (error) {
    // The outcome of the statement itself is already known.
    if (!isMysqlAnswer(error)) connection.abandon();
    return [];
  }
}

/** MySQL's limit ends a SLEEP without an error. */
const ENDED_SILENTLY: StepError = {
  kind: 'timeout',
  phase: 'query',
  message: 'the statement took as long as it may, so its answer may be that of an interrupted one',
};

function placed(error: StepError, { text, originOf }: MysqlBound): StepError {
  const at = error.kind === 'syntax' ? syntaxErrorAt(error.message, text) : undefined;
  return at === undefined ? error : { ...error, position: originOf(at) };
}

/** Returns the outcome of a change that did not succeed. */
function change(error: StepError, answered: boolean): StepOutcome {
  if (!answered) return unansweredChange(error);
  const isEnded = error.kind === 'cancelled' || error.kind === 'timeout';
  return failed(isEnded ? withHint(error, UNDONE) : error);
}

const UNDONE =
  'The server has rolled back the statement in InnoDB tables; what it did to tables without transactions ' +
  'and to other sessions stays.';

function succeeded(result: ReturnType<ReturnType<MysqlConnection['send']>['result']>): StepOutcome {
  return { status: 'succeeded', result };
}

function failed(error: StepError): Extract<StepOutcome, { status: 'failed' }> {
  return { status: 'failed', error };
}

/** The maximum length of the text a server quotes from the position of a syntax error. */
const QUOTED_BYTES = 80;

/**
 * Returns the offset of a syntax error in a statement, from the text the server quotes
 * (`near '…' at line 2`); undefined if the statement does not contain it.
 */
export function syntaxErrorAt(message: string, statement: string): number | undefined {
  const found = /near '(.*)' at line (\d+)$/s.exec(message);
  if (found === null) return undefined;
  const [, near = '', line = '1'] = found;
  if (near === '') return statement.trimEnd().length;
  if (Buffer.byteLength(near) < QUOTED_BYTES && statement.endsWith(near))
    return statement.length - near.length;
  const lines = statement.split('\n').slice(0, Number(line) - 1);
  const lineStart = lines.join('\n').length + (lines.length > 0 ? 1 : 0);
  // The last character may be cut in half.
  const at = statement.indexOf(near.replace(/\ufffd$/, ''), lineStart);
  return at === -1 ? undefined : at;
}
