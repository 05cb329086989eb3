import type { Socket } from 'node:net';
import type { Connection, TypedParameter } from 'mysql2';
import { oldVersionNote } from '#runbook/model/engines.ts';
import type { Row } from '#runbook/model/value.ts';
import { HeldSession } from '../database/held-session.ts';
import type { ConnectionFacts } from '../executor.ts';
import { askMysql, dialMysql, type MysqlDialOptions, type MysqlLink } from './dial.ts';
import { asWritten, type MysqlBound } from './placeholders.ts';
import { type MysqlSent, sendMysqlStatement } from './statement.ts';

/** The parts of a connection. */
type MysqlConnectionParts = {
  readonly driver: Connection;
  /** mysql2's constructors of typed values. */
  readonly parameter: TypedParameter;
  readonly socket: Socket;
  readonly facts: ConnectionFacts;
  /** A query that returns the server's identity; undefined if the server cannot report one. */
  readonly serverQuestion: string | undefined;
  readonly cancelTarget: MysqlCancelTarget;
};

/** One session on a MySQL or MariaDB server, held until it is closed or lost. */
export class MysqlConnection extends HeldSession {
  readonly #serverQuestion: string | undefined;
  readonly #driver: Connection;
  readonly #parameter: TypedParameter;
  readonly #socket: Socket;
  readonly #cancelTarget: MysqlCancelTarget;
  #note: string | undefined;

  constructor(parts: MysqlConnectionParts) {
    const { driver, parameter, socket, facts, serverQuestion, cancelTarget } = parts;
    super(socket, facts);
    this.#serverQuestion = serverQuestion;
    this.#driver = driver;
    this.#parameter = parameter;
    this.#socket = socket;
    this.#cancelTarget = cancelTarget;
    this.#note = oldVersionNote(facts.engine, facts.version);
  }

  /** Returns the sentence about a server that is too old, the first time. */
  takeNote(): string | undefined {
    const note = this.#note;
    this.#note = undefined;
    return note;
  }

  /** Runs a statement of the executor itself and returns its rows. Rejects with mysql2's error. */
  async command(text: string): Promise<readonly Row[]> {
    const sent = this.send(asWritten(text));
    await sent.done;
    return sent.result().rows;
  }

  /** Queries the server's identity again. Rejects with mysql2's error. */
  async askServer(): Promise<void> {
    if (this.#serverQuestion === undefined) return;
    const [row] = await this.command(this.#serverQuestion);
    this.noteServer(String(row?.server));
  }

  /** Sends a statement; see {@link sendMysqlStatement}. */
  send(bound: MysqlBound, onTooLarge?: () => void): MysqlSent {
    return sendMysqlStatement(this.#driver, bound, onTooLarge, this.#parameter);
  }

  /** Cancels the running statement; see {@link killMysqlQuery}. */
  cancel(withinMs: number): Promise<string | undefined> {
    return killMysqlQuery(this.#cancelTarget, withinMs);
  }

  protected override logOut(): Promise<unknown> {
    const closed = new Promise((done) => this.#socket.once('close', done));
    this.#driver.end();
    return closed;
  }
}

/** A session to cancel, with the way to its server. */
type MysqlCancelTarget = {
  readonly url: string;
  /** Tried if no slot is free for a second connection. */
  readonly reserveUrl: string | undefined;
  readonly applicationName: string;
  /** The session's number as the server reported it. */
  readonly session: number;
};

/**
 * Cancels the running statement of a session with `KILL QUERY` from a second connection, which
 * occupies a slot meanwhile. Resolves with undefined once the server has done so, or with the
 * reason why it could not be asked, e.g. `Too many connections`, after `withinMs` at the latest.
 */
async function killMysqlQuery(
  target: MysqlCancelTarget,
  withinMs: number,
): Promise<string | undefined> {
  const { url, reserveUrl, applicationName, session } = target;
  const signal = AbortSignal.timeout(withinMs);
  const options: MysqlDialOptions = { applicationName, connectTimeoutMs: withinMs, signal };
  const kill = (link: MysqlLink) => killFrom(link, session);
  let dialled = await dialMysql(url, options, kill);
  if (dialled.error?.kind === 'too_many_connections' && reserveUrl !== undefined)
    dialled = await dialMysql(reserveUrl, options, kill);
  return dialled.error?.kind === 'cancelled' ? SILENT : dialled.error?.message;
}

const SILENT = 'the server gave no answer';

async function killFrom({ driver }: MysqlLink, session: number): Promise<void> {
  await askMysql(driver, `KILL QUERY ${session}`);
  driver.end();
}
