import type { Client, Submittable } from 'pg';
import type { Engine } from '#runbook/model/engines.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Row, SqlResult } from '#runbook/model/value.ts';
import type { SqlAction } from '#safety/kinds/sql.ts';
import { succeeded } from '../database/execution.ts';
import { HeldSession, NotBegun } from '../database/held-session.ts';
import type { Interruption } from '../database/interruption.ts';
import { newLogin } from '../database/login.ts';
import type { ConnectionFacts, StepOutcome } from '../executor.ts';
import { longestTimer } from '../timer-limit.ts';
import { Deadline } from '../wire/deadline.ts';
import { bindDoBlock } from './do-block.ts';
import { hasNoEffect, isAnswer, postgresError } from './errors.ts';
import { Flight, type FlownStatement } from './flight.ts';
import { hasCode, type LastWords, type NewSession, openStream } from './login.ts';

type Notice = { readonly severity?: string | undefined; readonly message?: string | undefined };

/** One session by PostgreSQL's protocol, held until it is closed or lost. */
export abstract class PostgresSession extends HeldSession {
  readonly #client: Client;
  readonly #lastWords: LastWords;

  constructor(session: NewSession, engine: Engine) {
    const { client, socket, login, server, processId } = session;
    const tls = login.found.tls === true;
    super(socket, { ...server.address, engine, tls, session: processId });
    this.#client = client;
    this.#lastWords = session.lastWords;
    client.on('notice', ({ severity = 'NOTICE', message = '' }: Notice) =>
      this.onNotice?.(`${severity}: ${message}`),
    );
  }

  /** Runs texts through the simple protocol. */
  override async ask(text: string): Promise<readonly Row[]> {
    const answers: unknown = await this.#answer(this.#client.query(text));
    const last = (Array.isArray(answers) ? answers.at(-1) : answers) as { rows?: readonly Row[] };
    return last.rows ?? [];
  }

  /** Sends a statement. Rejects with pg's error. */
  send(statement: Submittable & { readonly result: Promise<SqlResult> }): Promise<SqlResult> {
    return this.#answer(this.#client.query(statement).result);
  }

  /** Prefers the server's own last words to pg's complaint that the session is gone. */
  async #answer<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw hasCode(error) ? error : (this.#lastWords.error ?? error);
    }
  }

  protected override logOut(): void {
    this.#client.end().catch(() => {});
  }
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
 * The query of the facts. A role that may use reserved slots has used one if, with its own session
 * counted, fewer slots are free than are reserved. Roles that may not see the details of other
 * sessions can still count them.
 */
const FACTS = `
SELECT current_setting('server_version') AS version, current_database()::text AS database,
  session_user::text AS "user", pg_backend_pid() AS session,
  (r.rolsuper OR EXISTS (SELECT FROM pg_roles g WHERE g.rolname = 'pg_use_reserved_connections'
                           AND pg_has_role(session_user, g.oid, 'USAGE')))
  AND (SELECT count(*) FROM pg_stat_activity
        WHERE backend_type = 'client backend' OR backend_type IS NULL AND datid IS NOT NULL)
      > current_setting('max_connections')::int
        - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true), '0')::int AS reserved
FROM pg_roles r WHERE r.rolname = session_user`;

/** The start time of the server. Replicas share the system identifier, but not this. */
const SINCE = `pg_catalog.to_char(pg_catalog.pg_postmaster_start_time() AT TIME ZONE 'UTC', 'YYYYMMDDHH24MISSUS')`;

/** The expression that tells servers apart. */
const BEST_QUESTION = `pg_catalog.concat_ws(' ', (SELECT system_identifier FROM pg_catalog.pg_control_system()), ${SINCE})`;

/** The expression for servers that refuse the best one. */
const NEXT_QUESTION = `pg_catalog.concat_ws(' ', pg_catalog.inet_server_addr(), pg_catalog.inet_server_port(), ${SINCE})`;

/**
 * One session on a PostgreSQL server, held until it is closed or lost. A read is one round trip, and
 * runs after a query of the executor: as the first statement of its transaction it could still make
 * it writable. Some changes refuse to run inside a transaction.
 */
export class PostgresConnection extends PostgresSession {
  override readonly undone =
    'The server has rolled back the statement; what it did to other sessions (ending them, reloads) stays.';
  readonly #session: NewSession;
  #isPooled = true;
  #isReading = false;

  constructor(session: NewSession) {
    super(session, 'postgres');
    this.#session = session;
  }

  /**
   * True behind a pooler, which may assign each transaction to another server session: session
   * settings would reach the pool's other users. A session that the server does not report counts
   * as one: the safe choice.
   */
  get isPooled(): boolean {
    return this.#isPooled;
  }

  override async describe(): Promise<void> {
    const flight = new Flight({ text: FACTS }, { after: [{ text: `SELECT ${BEST_QUESTION}` }] });
    try {
      await this.send(flight);
    } catch (error) {
      // A pooler, a compatible server or a right that is missing may refuse either of them.
      if (!isAnswer(error)) throw error;
    }
    const [facts] = flight.received.rows;
    this.#isPooled = facts?.session !== this.facts.session;
    this.note(facts as Partial<ConnectionFacts>);
    if (this.noteServer(flight.firstRow?.[0])) this.serverQuestion = BEST_QUESTION;
    else await this.identify([...(facts === undefined ? [BEST_QUESTION] : []), NEXT_QUESTION]);
  }

  override isServerTimed({ readOnly }: SqlAction): boolean {
    return readOnly || !this.isPooled;
  }

  /** A read is prepared in the flight that runs it. */
  override async prepare(action: SqlAction): Promise<void> {
    if (action.readOnly) return;
    const [row] = await this.ask(this.#preparation(action));
    this.noteServer(row?.server);
  }

  #preparation({ readOnly, timeoutMs }: SqlAction): string {
    const server = `${this.serverQuestion ?? 'NULL'} AS server`;
    // Behind a pooler, session settings would reach other clients.
    if (!readOnly && this.isPooled) return `SELECT ${server}`;
    const statement = longestTimer(timeoutMs);
    const lock = Math.min(LOCK_TIMEOUT_MS, statement);
    const further = readOnly
      ? `set_config('idle_in_transaction_session_timeout', '${IDLE_IN_TRANSACTION_MS}', true)`
      : NOTICES_A_LOST_CLIENT;
    return (
      `SELECT ${server}, set_config('statement_timeout', '${statement}', ${readOnly}), ` +
      `set_config('lock_timeout', '${lock}', ${readOnly}), ${further}`
    );
  }

  override async run(action: SqlAction, interruption: Interruption): Promise<StepOutcome> {
    const { settings, statement } = sentOf(action);
    if (action.readOnly)
      return succeeded(await this.#read(action, interruption, settings, statement));
    if (settings.length === 0) return succeeded(await this.send(new Flight(statement)));
    // One transaction, so that its values are not visible to others, even behind a pooler.
    try {
      const before = [{ text: 'BEGIN' }, ...settings];
      return succeeded(await this.send(new Flight(statement, { before, after: [COMMIT] })));
    } catch (error) {
      await this.endTransaction('ROLLBACK');
      throw error;
    }
  }

  async #read(
    action: SqlAction,
    interruption: Interruption,
    settings: readonly FlownStatement[],
    statement: FlownStatement,
  ): Promise<SqlResult> {
    const preparation = { text: this.#preparation(action) };
    const flight = new Flight(statement, {
      before: [{ text: 'BEGIN READ ONLY' }, preparation, ...settings],
      after: [COMMIT],
      onTooLarge: () => interruption.stop(),
    });
    this.#isReading = true;
    try {
      const result = await this.send(flight);
      this.#isReading = false;
      return result;
    } catch (error) {
      if (!flight.hasBegun) throw new NotBegun('before the statement', { cause: error });
      const isStopped = interruption.isStopped && interruption.error === undefined;
      if (!isStopped || !isAnswer(error)) throw error;
      return flight.received;
    } finally {
      this.noteServer(flight.firstRow?.[0]);
    }
  }

  /** The flight of a read has ended its transaction, unless it failed. */
  override async endRead(): Promise<void> {
    if (this.#isReading) await this.endTransaction('ROLLBACK');
    this.#isReading = false;
  }

  /** Asks the server to cancel the running statement; see {@link requestCancel}. */
  override async cancel(withinMs: number): Promise<undefined> {
    await requestCancel(this.#session, withinMs);
  }

  override isAnswer(error: unknown): boolean {
    return isAnswer(error);
  }

  override hasNoEffect(error: unknown): boolean {
    return hasNoEffect(error);
  }

  override errorOf(error: unknown, action?: SqlAction): StepError {
    return postgresError(error, 'query', action?.text);
  }
}

const COMMIT: FlownStatement = { text: 'COMMIT' };

/** Returns the statement of an action, and those that set its values where it cannot have any. */
function sentOf({ text, values }: SqlAction): {
  readonly settings: readonly FlownStatement[];
  readonly statement: FlownStatement;
} {
  const block = bindDoBlock(text, values);
  if (block === undefined) return { settings: [], statement: { text, values } };
  return { settings: [{ text: block.settings, values }], statement: { text: block.text } };
}

/**
 * Asks the server to cancel a session's running statement, through a separate connection that takes
 * no slot. Resolves when the server has closed that connection, after which the request can no
 * longer hit a later statement, or after `withinMs`. pg's own `cancel` uses a deprecated field of
 * its client, has no TLS and does not report completion.
 */
export async function requestCancel(
  { login, processId, secretKey }: Pick<NewSession, 'login' | 'processId' | 'secretKey'>,
  withinMs: number,
): Promise<void> {
  const deadline = new Deadline(withinMs, new AbortController().signal);
  const opened = await openStream(newLogin({ ...login, deadline }));
  // The end of the statement itself tells whether the request arrived.
  if (opened.error !== undefined) return;
  const { stream, socket } = opened;
  const closed = new Promise((done) => socket.once('close', done));
  stream.on('error', () => socket.destroy());
  stream.once('close', () => socket.destroy());
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(80_877_102, 4);
  request.writeInt32BE(processId, 8);
  request.writeInt32BE(secretKey, 12);
  // Not `end`: a pooler treats a closed connection as a withdrawn request.
  stream.resume().write(request);
  await deadline.race(closed);
  socket.destroy();
}
