import type { Connection, TypedParameter } from 'mysql2';
import { oldVersionNote } from '#runbook/model/engines.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Row } from '#runbook/model/value.ts';
import type { SqlAction } from '#safety/kinds/sql.ts';
import { failed, succeeded } from '../database/execution.ts';
import { loginOnce } from '../database/held-connection.ts';
import { HeldSession } from '../database/held-session.ts';
import type { Interruption } from '../database/interruption.ts';
import { heldLogin, type Login, type LoginOptions, type LoginResult } from '../database/login.ts';
import type { StepOutcome } from '../executor.ts';
import { Deadline } from '../wire/deadline.ts';
import { isMysqlAnswer, mysqlError, syntaxErrorAt } from './errors.ts';
import { logInToMysql, type MysqlLink } from './login.ts';
import { asWritten, bindForMysql, type MysqlBound } from './placeholders.ts';
import { mysqlPreparation } from './preparation.ts';
import { type MysqlSent, sendMysqlStatement } from './statement.ts';

/**
 * The expression of the server's start time, to the second: the current time minus the uptime.
 */
const STARTED = (schema: string) =>
  `(SELECT UNIX_TIMESTAMP() - VARIABLE_VALUE FROM ${schema}.global_status WHERE VARIABLE_NAME = 'Uptime')`;

/** The expressions that tell the servers of an engine apart, best first. */
const SERVER_QUESTIONS = {
  mysql: [
    `CONCAT_WS(' ', @@server_uuid, @@hostname, @@port, ${STARTED('performance_schema')})`,
    `CONCAT_WS(' ', @@server_uuid, @@hostname, @@port)`,
  ],
  mariadb: [
    `CONCAT_WS(' ', @@hostname, @@port, @@datadir, @@server_id, ${STARTED('information_schema')})`,
  ],
};

/** Of a read it concerns its author only, and MySQL repeats it at every look at its process list. */
const DEPRECATED = 1287;

/**
 * One session on a MySQL or MariaDB server, held until it is closed or lost. All its transactions
 * are read-only while a read runs, so that a procedure that commits cannot write either. A change
 * commits immediately.
 */
export class MysqlConnection extends HeldSession {
  override readonly undone =
    'The server has rolled back the statement in InnoDB tables; what it did to tables without transactions ' +
    'and to other sessions stays.';
  readonly #driver: Connection;
  readonly #parameter: TypedParameter;
  readonly #cancelTarget: Omit<MysqlCancelTarget, 'session'>;
  #note: string | undefined;

  constructor({ driver, parameter, socket, login, server, host }: MysqlLink, reserveUrl?: string) {
    const { engine, tls } = login.found;
    super(socket, { ...server.address, engine, host, tls: tls === true, session: driver.threadId });
    this.#driver = driver;
    this.#parameter = parameter;
    this.#cancelTarget = { url: login.url, applicationName: login.applicationName, reserveUrl };
  }

  override async describe(): Promise<void> {
    const [row = {}] = await this.ask('SELECT VERSION(), DATABASE(), USER(), CONNECTION_ID()');
    const [said = '', database = '', user = '', session] = Object.values(row).map((cell) =>
      String(cell ?? ''),
    );
    const engine = /mariadb/i.test(said) ? 'mariadb' : 'mysql';
    const version = /^[\d.]*\d/.exec(said)?.[0] ?? 'unknown';
    this.note({
      ...{ engine, version },
      database,
      user: user.replace(/@[^@]*$/, ''),
      session: Number(session),
      reserved: await this.#isReserved(),
    });
    this.#note = oldVersionNote(engine, version);
    await this.identify(SERVER_QUESTIONS[engine]);
  }

  /**
   * Returns whether the session uses a reserved connection: one beyond `max_connections`, or one on
   * the extra or admin port.
   */
  async #isReserved(): Promise<boolean> {
    const rows = [
      ...(await this.tryAsk(
        `SHOW GLOBAL VARIABLES WHERE Variable_name IN ('max_connections', 'extra_port', 'admin_port')`,
      )),
      ...(await this.tryAsk(`SHOW GLOBAL STATUS LIKE 'Threads_connected'`)),
    ];
    const of = (name: string) => Number(rows.find((row) => row.Variable_name === name)?.Value);
    const { port } = this.facts;
    const isFull = of('Threads_connected') > of('max_connections');
    return isFull || port === of('extra_port') || port === of('admin_port');
  }

  override async ask(text: string): Promise<readonly Row[]> {
    const sent = this.#send(asWritten(text));
    await sent.done;
    return sent.result().rows;
  }

  override refusal({ text, values }: SqlAction): StepError | undefined {
    const bound = bindForMysql(text, values);
    if (!('reason' in bound)) return undefined;
    return { kind: 'syntax', phase: 'query', message: bound.reason, position: bound.at };
  }

  /** MySQL's own time limit covers only SELECTs. */
  override isServerTimed({ readOnly }: SqlAction): boolean {
    return readOnly || this.facts.engine === 'mariadb';
  }

  override async prepare(action: SqlAction): Promise<void> {
    if (this.#note !== undefined) this.onNotice?.(this.#note);
    this.#note = undefined;
    for (const text of mysqlPreparation(action, this.facts.engine)) await this.ask(text);
    if (this.serverQuestion === undefined) return;
    const [row] = await this.ask(`SELECT ${this.serverQuestion} AS server`);
    this.noteServer(row?.server);
  }

  override async run(action: SqlAction, interruption: Interruption): Promise<StepOutcome> {
    const startedAt = performance.now();
    // A change always runs to its end, however much it returns.
    const onTooLarge = action.readOnly ? () => interruption.stop() : undefined;
    const sent = this.#send(boundOf(action), onTooLarge);
    try {
      await sent.done;
    } catch (error) {
      if (!interruption.isStopped || interruption.error !== undefined) throw error;
      if (!isMysqlAnswer(error)) this.abandon();
    }
    if (interruption.isStopped) return succeeded(sent.result());
    const isLate = performance.now() - startedAt >= action.timeoutMs;
    if (action.readOnly && isLate) return failed(ENDED_SILENTLY);
    await this.#tellWarnings(action);
    return succeeded(sent.result());
  }

  /**
   * Tells the warnings of the last statement: MySQL converts a non-numeric value to 0 and reports
   * it only there.
   */
  async #tellWarnings({ readOnly }: SqlAction): Promise<void> {
    try {
      if (this.onNotice === undefined) return;
      for (const { Level, Code, Message } of await this.ask('SHOW WARNINGS LIMIT 20'))
        if (!readOnly || Number(Code) !== DEPRECATED) this.onNotice(`${Level} ${Code}: ${Message}`);
    } catch (error) {
      // The outcome of the statement itself is already known.
      if (!isMysqlAnswer(error)) this.abandon();
    }
  }

  #send(bound: MysqlBound, onTooLarge?: () => void): MysqlSent {
    return sendMysqlStatement(this.#driver, bound, onTooLarge, this.#parameter);
  }

  /** Cancels the running statement; see {@link killMysqlQuery}. */
  override cancel(withinMs: number): Promise<string | undefined> {
    return killMysqlQuery({ ...this.#cancelTarget, session: this.facts.session }, withinMs);
  }

  override isAnswer(error: unknown): boolean {
    return isMysqlAnswer(error);
  }

  override errorOf(thrown: unknown, action?: SqlAction): StepError {
    const error = mysqlError(thrown, 'query');
    if (action === undefined || error.kind !== 'syntax') return error;
    const { text, originOf } = boundOf(action);
    const at = syntaxErrorAt(error.message, text);
    return at === undefined ? error : { ...error, position: originOf(at) };
  }

  protected override logOut(): void {
    this.#driver.end();
  }
}

/** Binds the values of an action that {@link MysqlConnection.refusal} has let pass. */
function boundOf({ text, values }: SqlAction): MysqlBound {
  const bound = bindForMysql(text, values);
  if ('reason' in bound) throw new TypeError(bound.reason);
  return bound;
}

/** MySQL's limit ends a SLEEP without an error. */
const ENDED_SILENTLY: StepError = {
  kind: 'timeout',
  phase: 'query',
  message: 'the statement took as long as it may, so its answer may be that of an interrupted one',
};

/** A session to cancel, with the way to its server. */
type MysqlCancelTarget = Pick<LoginOptions, 'applicationName' | 'reserveUrl'> & {
  readonly url: string;
  /** The session's number as the server reported it. */
  readonly session: number;
};

/**
 * Cancels the running statement of a session with `KILL QUERY` from a second connection, which
 * occupies a slot meanwhile. Resolves with undefined once the server has done so, or with the
 * reason why it could not be asked, e.g. `Too many connections`, after `withinMs` at the latest.
 */
async function killMysqlQuery(
  { session, ...target }: MysqlCancelTarget,
  withinMs: number,
): Promise<string | undefined> {
  const deadline = new Deadline(withinMs, AbortSignal.timeout(withinMs));
  const options = { ...target, connectTimeoutMs: withinMs };
  const { connection, error } = await loginOnce(openHeldMysql, options, deadline.signal);
  if (error !== undefined) return error.kind === 'cancelled' ? SILENT : error.message;
  const killed = connection.ask(`KILL QUERY ${session}`).then(
    () => '',
    (thrown: unknown) => connection.errorOf(thrown).message,
  );
  const problem = (await deadline.race(killed)) ?? SILENT;
  connection.end().catch(() => {});
  return problem === '' ? undefined : problem;
}

const SILENT = 'the server gave no answer';

/** Logs in to MySQL or MariaDB, without the facts of the session. */
async function openHeldMysql(
  url: string,
  options: LoginOptions,
): Promise<LoginResult<MysqlConnection>> {
  return openMysql(heldLogin(url, options), options.reserveUrl);
}

/** Logs in to MySQL or MariaDB. */
export async function openMysql(
  login: Login,
  reserveUrl?: string,
): Promise<LoginResult<MysqlConnection>> {
  const { link, error } = await logInToMysql(login);
  return error === undefined ? { connection: new MysqlConnection(link, reserveUrl) } : { error };
}
