import { CONSOLE_DATABASE } from '#runbook/model/engines.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Row } from '#runbook/model/value.ts';
import { readConsoleCommand } from '#safety/effects/pgbouncer/infer.ts';
import type { SqlAction } from '#safety/kinds/sql.ts';
import { succeeded } from '../database/execution.ts';
import { type DatabaseExecutorOptions, holdConnection } from '../database/held-connection.ts';
import { describeHeld, heldLogin } from '../database/login.ts';
import type { Executor, StepOutcome } from '../executor.ts';
import { PostgresSession } from '../postgres/connection.ts';
import { postgresError } from '../postgres/errors.ts';
import { logInToPostgres, type NewSession } from '../postgres/login.ts';
import { readError } from '../wire/network-error.ts';
import { ConsoleStatement } from './statement.ts';

/**
 * Returns an executor for PgBouncer's console. It logs in to the console of a pooler, whichever of
 * its databases the URL names.
 */
export function createConsoleExecutor(options: DatabaseExecutorOptions): Executor {
  return holdConnection(async (url, how) => {
    const login = heldLogin(url, how, CONSOLE_DATABASE);
    const { session, error } = await logInToPostgres(login);
    const opened = error === undefined ? { connection: new ConsoleConnection(session) } : { error };
    return describeHeld(login, opened);
  }, options);
}

const VERSION = 'SHOW VERSION';

/**
 * One session on PgBouncer's console, held until it is closed or lost. It has neither transactions
 * nor a read-only mode, so this refuses what is not a known command, and a read that is none. The
 * console tells nothing that other poolers do not tell as well, so its identity is the connection's.
 */
class ConsoleConnection extends PostgresSession {
  override readonly undone = '';

  constructor(session: NewSession) {
    super(session, 'pgbouncer');
  }

  override async ask(text: string): Promise<readonly Row[]> {
    return (await this.send(new ConsoleStatement(text))).rows;
  }

  override async describe(): Promise<void> {
    const [row] = await this.ask(VERSION);
    const version = String(row?.version ?? 'unknown').replace(/^PgBouncer /, '');
    this.note({ database: CONSOLE_DATABASE, version });
  }

  override refusal({ text, values, readOnly }: SqlAction): StepError | undefined {
    const command = readConsoleCommand(text);
    const isRead = command.ok && command.report.effect === 'read';
    if (command.ok && values.length === 0 && (isRead || !readOnly)) return undefined;
    const message = command.ok ? 'this command is not a read' : command.problem;
    return { kind: 'config', message, hint: 'Nothing was sent to the console.' };
  }

  override isServerTimed(): boolean {
    return false;
  }

  override async prepare(): Promise<void> {
    await this.ask(VERSION);
  }

  override async run({ text }: SqlAction): Promise<StepOutcome> {
    return succeeded(await this.send(new ConsoleStatement(text)));
  }

  override async endRead(): Promise<void> {}

  /** A command ends with its connection. */
  override async cancel(): Promise<string> {
    return 'the console cancels no command';
  }

  /** All errors of the console have the code of a broken protocol, so only the severity tells. */
  override isAnswer(error: unknown): boolean {
    return readError(error).text('severity') === 'ERROR';
  }

  /** The texts of the console are those of no server. */
  override errorOf(error: unknown, action?: SqlAction): StepError {
    const reported = postgresError(error, 'query', action?.text);
    return /^admin access needed/.test(reported.message)
      ? { ...reported, kind: 'no_permission' }
      : reported;
  }
}
