import type { StepError } from '#runbook/model/step-error.ts';
import type { SqlAction } from '#safety/actions/action.ts';
import { unansweredChange, withHint } from '../database/change-outcome.ts';
import type { Execution } from '../database/held-connection.ts';
import { otherServer } from '../database/server-identity.ts';
import { endTransaction } from '../database/transaction-end.ts';
import type { ExecuteContext, StepOutcome } from '../executor.ts';
import type { MysqlConnection } from './connection.ts';
import { isMysqlAnswer, mysqlError } from './errors.ts';
import { MysqlInterruption } from './interruption.ts';
import { bindForMysql, type MysqlBound } from './placeholders.ts';
import { syntaxErrorAt } from './position.ts';
import { mysqlPreparation } from './preparation.ts';

/**
 * Runs one action on a connection. A read runs in a read-only transaction of a session whose
 * transactions are all read-only, so that a procedure that commits cannot write either. A change
 * runs outside a transaction and commits immediately. The server's warnings are the output.
 */
export async function executeOnMysql(
  connection: MysqlConnection,
  action: SqlAction,
  context: ExecuteContext,
): Promise<Execution> {
  const { signal, onOutput } = context;
  const bound = bindForMysql(action.text, action.values);
  if ('reason' in bound)
    return failed({ kind: 'syntax', phase: 'query', message: bound.reason, position: bound.at });
  if (signal.aborted) return failed(CANCELLED);
  const interruption = new MysqlInterruption(connection, action, signal);
  let execution: Execution | undefined;
  try {
    execution =
      (await prepare(connection, action, interruption, context)) ??
      (await runStatement(connection, action, bound, interruption));
    if (execution.status === 'succeeded' && !interruption.isStopped)
      for (const warning of await readWarnings(connection))
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
  interruption: MysqlInterruption,
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
  interruption: MysqlInterruption,
): Promise<StepOutcome> {
  // A change always runs to its end, however much it returns.
  const sent = connection.send(bound, action.readOnly ? () => interruption.stop() : undefined);
  try {
    await sent.done;
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

/**
 * Reads the warnings of the last statement: MySQL converts a non-numeric value to 0 and reports it
 * only there.
 */
async function readWarnings(connection: MysqlConnection): Promise<readonly string[]> {
  try {
    const warnings = await connection.command('SHOW WARNINGS LIMIT 20');
    return warnings.map(({ Level, Code, Message }) => `${Level} ${Code}: ${Message}`);
  } catch (error) {
    // The outcome of the statement itself is already known.
    if (!isMysqlAnswer(error)) connection.abandon();
    return [];
  }
}

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
  'The server has undone the statement in InnoDB tables; what it did to tables without transactions ' +
  'and to other sessions stays.';

function succeeded(result: ReturnType<ReturnType<MysqlConnection['send']>['result']>): StepOutcome {
  return { status: 'succeeded', result };
}

function failed(error: StepError): Extract<StepOutcome, { status: 'failed' }> {
  return { status: 'failed', error };
}
