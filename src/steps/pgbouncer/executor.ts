import { CONSOLE_DATABASE } from '#runbook/model/engines.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { SqlAction } from '#safety/actions/action.ts';
import { readConsoleCommand } from '#safety/effects/pgbouncer/infer.ts';
import { unansweredChange } from '../database/change-outcome.ts';
import {
  type DatabaseExecutorOptions,
  type Execution,
  holdConnection,
  type LoginOptions,
  type LoginResult,
} from '../database/held-connection.ts';
import { Interruption } from '../database/interruption.ts';
import { otherServer } from '../database/server-identity.ts';
import type { ExecuteContext, Executor, StepOutcome } from '../executor.ts';
import { postgresError } from '../postgres/errors.ts';
import { openPostgres } from '../postgres/login.ts';
import { readError } from '../wire/network-error.ts';
import { type ConsoleConnection, holdConsole } from './connection.ts';

/** Returns an executor for PgBouncer's console. */
export function createConsoleExecutor(options: DatabaseExecutorOptions): Executor {
  return holdConnection({ login: loginToConsole, execute: executeOnConsole }, options);
}

/** Logs in to the console of a pooler, whichever of its databases the URL names. */
function loginToConsole(
  url: string,
  options: LoginOptions,
): Promise<LoginResult<ConsoleConnection>> {
  return openPostgres(url, { ...options, database: CONSOLE_DATABASE }, holdConsole);
}

/**
 * Runs one command on the console. It has neither transactions nor a read-only mode, so this
 * refuses what is not a known command, and a read that is none. The console's notices are the
 * output.
 */
async function executeOnConsole(
  connection: ConsoleConnection,
  action: SqlAction,
  context: ExecuteContext,
): Promise<Execution> {
  const refused = refusal(action);
  if (refused !== undefined) return { status: 'failed', error: refused };
  const { signal, onOutput } = context;
  const forgetNotices = connection.onNotice((notice) =>
    onOutput('stderr', Buffer.from(`${notice}\n`)),
  );
  const interruption = new Interruption(connection, action, { signal, isServerTimed: false });
  try {
    const held = await checkConnection(connection, action, interruption, context);
    return held ?? (await runCommand(connection, action, interruption));
  } finally {
    await interruption.end();
    forgetNotices();
  }
}

function refusal({ text, values, readOnly }: SqlAction): StepError | undefined {
  const command = readConsoleCommand(text);
  const isRead = command.ok && command.report.effect === 'read';
  if (command.ok && values.length === 0 && (isRead || !readOnly)) return undefined;
  const message = command.ok ? 'this command is not a read' : command.problem;
  return { kind: 'config', message, hint: 'Nothing was sent to the console.' };
}

/** Checks that the console still answers. Returns undefined when it does; else nothing has run. */
async function checkConnection(
  connection: ConsoleConnection,
  action: SqlAction,
  interruption: Interruption,
  context: ExecuteContext,
): Promise<Execution | undefined> {
  try {
    await connection.run('SHOW VERSION');
  } catch (error) {
    connection.abandon();
    const reported = postgresError(error, 'query');
    if (interruption.error === undefined) return { status: 'lost-before', error: reported };
  }
  const error = interruption.error ?? otherServer(action, connection.facts, context);
  return error && { status: 'failed', error };
}

async function runCommand(
  connection: ConsoleConnection,
  { text, readOnly }: SqlAction,
  interruption: Interruption,
): Promise<StepOutcome> {
  try {
    return { status: 'succeeded', result: await connection.run(text) };
  } catch (error) {
    const isAnswered = isRefusal(error);
    if (!isAnswered) connection.abandon();
    const reported = { ...consoleError(error, text), ...(!isAnswered && interruption.error) };
    if (readOnly || isAnswered) return { status: 'failed', error: reported };
    return unansweredChange(reported);
  }
}

/** Converts an error; the texts of the console are those of no server. */
function consoleError(error: unknown, text: string): StepError {
  const reported = postgresError(error, 'query', text);
  return /^admin access needed/.test(reported.message)
    ? { ...reported, kind: 'no_permission' }
    : reported;
}

/**
 * Tells whether an error is the console's answer to a command, which it has then not carried out.
 * All its errors have the code of a broken protocol, so only the severity tells.
 */
function isRefusal(error: unknown): boolean {
  return readError(error).text('severity') === 'ERROR';
}
