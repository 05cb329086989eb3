import type { Connection, TypedParameter } from 'mysql2';
import { defaultTimeoutMs } from '#runbook/kinds/action-kinds.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Row } from '#runbook/model/value.ts';
import type { SqlAction } from '#safety/kinds/sql.ts';
import { failed, succeeded } from '../database/execution.ts';
import { loginOnce } from '../database/held-connection.ts';
import { HeldSession, NotBegun } from '../database/held-session.ts';
import type { Interruption } from '../database/interruption.ts';
import { heldLogin, type Login, type LoginOptions, type LoginResult } from '../database/login.ts';
import type { StepOutcome } from '../executor.ts';
import { Deadline } from '../wire/deadline.ts';
import { isMysqlAnswer, mysqlError, syntaxErrorAt } from './errors.ts';
import { logInToMysql, type MysqlLink } from './login.ts';
import { asWritten, bindForMysql, type MysqlBound } from './placeholders.ts';
import { mysqlPreparation } from './preparation.ts';
import { type MysqlSent, sendMysqlStatement } from './statement.ts';
import { sendTogether } from './together.ts';

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

/** The query of the facts of a session. */
const SESSION = 'SELECT VERSION(), DATABASE(), USER(), CONNECTION_ID()';

/** The queries that tell whether a session uses a reserved connection. */
const RESERVED = [
  `SHOW GLOBAL VARIABLES WHERE Variable_name IN ('max_connections', 'extra_port', 'admin_port')`,
  `SHOW GLOBAL STATUS LIKE 'Threads_connected'`,
];

const BEGIN = 'START TRANSACTION READ ONLY';

/** A read that sets no time limit of its own. */
const USUAL_READ = { readOnly: true, timeoutMs: defaultTimeoutMs('sql') } as const;

/** Waits for all answers. Returns them, or rejects with the error of the first that has one. */
async function inOrder<T>(answers: readonly Promise<T>[]): Promise<readonly T[]> {
  await Promise.allSettled(answers);
  return Promise.all(answers);
}

/** Of a read it concerns its author only, and MySQL repeats it at every look at its process list. */
const DEPRECATED = 1287;

/**
 * One session on a MySQL or MariaDB server, held until it is closed or lost. All its transactions
 * are read-only while a read runs, so that a procedure that commits cannot write either: the server
 * has confirmed that before the statement is sent, since it does not skip what follows an error. A
 * change commits immediately.
 */
export class MysqlConnection extends HeldSession {
  override readonly undone =
    'The server has rolled back the statement in InnoDB tables; what it did to tables without transactions ' +
    'and to other sessions stays.';
  readonly #driver: Connection;
  readonly #parameter: TypedParameter;
  readonly #cancelTarget: Omit<MysqlCancelTarget, 'session'>;
  /** The settings that the server has confirmed after the last statement. */
  #settings: readonly string[] | undefined;

  constructor({ driver, parameter, socket, login, server, host }: MysqlLink, reserveUrl?: string) {
    const { engine, tls } = login.found;
    super(socket, { ...server.address, engine, host, tls: tls === true, session: driver.threadId });
    this.#driver = driver;
    this.#parameter = parameter;
    this.#cancelTarget = { url: login.url, applicationName: login.applicationName, reserveUrl };
  }

  override async describe(): Promise<void> {
    // That of the greeting; a proxy may greet as another.
    const greeted = this.facts.engine === 'mariadb' ? 'mariadb' : 'mysql';
    const questions = SERVER_QUESTIONS[greeted].map((question) => `SELECT ${question} AS server`);
    const answers = await this.#askAll([SESSION, ...RESERVED, ...questions], greeted);
    const [[row = {}] = []] = answers;
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
      reserved: this.#isReserved(answers.flat()),
    });
    const best = answers
      .slice(-questions.length)
      .findIndex(([one]) => this.noteServer(one?.server));
    this.serverQuestion = SERVER_QUESTIONS[greeted][best];
    if (engine !== greeted) await this.identify(SERVER_QUESTIONS[engine]);
  }

  /**
   * Asks several queries in one round trip, in which the session also gets the settings of a usual
   * read. The first must be answered; others may be refused.
   */
  async #askAll(
    [first = '', ...others]: readonly string[],
    engine: string,
  ): Promise<readonly (readonly Row[])[]> {
    const settings = mysqlPreparation(USUAL_READ, engine);
    const { asked, set } = sendTogether(this.#driver, () => ({
      asked: [this.ask(first), ...others.map((text) => this.tryAsk(text))],
      set: settings.map((text) => this.ask(text)),
    }));
    const isSet = Promise.all(set).then(
      () => true,
      () => false,
    );
    const answers = await Promise.all(asked);
    if (await isSet) this.#settings = settings;
    return answers;
  }

  /**
   * Returns whether the session uses a reserved connection: one beyond `max_connections`, or one on
   * the extra or admin port.
   */
  #isReserved(rows: readonly Row[]): boolean {
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

  /**
   * Sets what the session keeps, unless it has it already. A change is only sent once the server has
   * said who it is; a read asks that in its flight.
   */
  override async prepare(action: SqlAction): Promise<void> {
    const settings = mysqlPreparation(action, this.facts.engine);
    if (action.readOnly && settings.join() === this.#settings?.join()) return;
    this.#settings = undefined;
    const asked = action.readOnly ? settings : [...settings, ...this.#question()];
    const answers = await inOrder(
      sendTogether(this.#driver, () => asked.map((text) => this.ask(text))),
    );
    this.#settings = settings;
    this.noteServer(answers.at(-1)?.[0]?.server);
  }

  #question(): readonly string[] {
    return this.serverQuestion === undefined ? [] : [`SELECT ${this.serverQuestion} AS server`];
  }

  override async run(action: SqlAction, interruption: Interruption): Promise<StepOutcome> {
    const startedAt = performance.now();
    const { before, sent, warnings, after } = this.#fly(action, interruption);
    // All are answered before the session is used again.
    const rest = Promise.allSettled([sent.done, warnings, after]);
    try {
      const answers = await inOrder(before);
      this.noteServer(answers.at(-1)?.[0]?.server);
    } catch (error) {
      await rest;
      throw new NotBegun('before the statement', { cause: error });
    }
    const [done, told, end] = await rest;
    // The outcome of the statement itself is known all the same.
    if (told.status === 'rejected' || end.status === 'rejected') this.abandon();
    else if (action.readOnly) this.#settings = mysqlPreparation(action, this.facts.engine);
    if (done.status === 'rejected') {
      if (!interruption.isStopped || interruption.error !== undefined) throw done.reason;
      if (!isMysqlAnswer(done.reason)) this.abandon();
    }
    if (interruption.isStopped) return succeeded(sent.result());
    const isLate = performance.now() - startedAt >= action.timeoutMs;
    if (action.readOnly && isLate) return failed(ENDED_SILENTLY);
    if (told.status === 'fulfilled') this.#tell(told.value ?? [], action);
    return succeeded(sent.result());
  }

  /**
   * Sends the statement of an action, and what is around it, in one round trip: in two if it has
   * values, for MySQL names a prepared statement in its answer.
   */
  #fly(action: SqlAction, interruption: Interruption) {
    const { readOnly } = action;
    this.#settings = undefined;
    return sendTogether(this.#driver, () => ({
      before: (readOnly ? [BEGIN, ...this.#question()] : []).map((text) => this.ask(text)),
      // A change always runs to its end, however much it returns.
      sent: this.#send(boundOf(action), readOnly ? () => interruption.stop() : undefined),
      warnings: this.onNotice === undefined ? undefined : this.tryAsk('SHOW WARNINGS LIMIT 20'),
      // What the statement has set for the session must not reach the next one.
      after: inOrder(
        (readOnly ? ['COMMIT', ...mysqlPreparation(action, this.facts.engine)] : []).map((text) =>
          this.ask(text),
        ),
      ),
    }));
  }

  /** The flight of a read has ended its transaction. */
  override async endRead(): Promise<void> {}

  /**
   * Tells the warnings of the last statement: MySQL converts a non-numeric value to 0 and reports
   * it only there.
   */
  #tell(warnings: readonly Row[], { readOnly }: SqlAction): void {
    for (const { Level, Code, Message } of warnings)
      if (!readOnly || Number(Code) !== DEPRECATED) this.onNotice?.(`${Level} ${Code}: ${Message}`);
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
