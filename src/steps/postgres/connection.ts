import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Client } from 'pg';
import type { SqlResult } from '#runbook/model/value.ts';
import { HeldSession } from '../database/held-session.ts';
import type { ConnectionFacts } from '../executor.ts';
import { SSL_REQUEST } from '../wire/postgres-greeting.ts';
import type { Statement } from './statement.ts';

/** The parts of a connection. */
type ConnectionParts = {
  readonly client: Client;
  /** The socket beneath TLS, if TLS is used. Destroying it ends the connection immediately. */
  readonly socket: Socket;
  readonly facts: ConnectionFacts;
  /**
   * An SQL expression that returns the server's identity; undefined if the server cannot report
   * one.
   */
  readonly serverQuestion: string | undefined;
  readonly cancelTarget: CancelTarget;
  readonly lastWords: LastWords;
  /**
   * True behind a pooler, which may assign each transaction to another server session: session
   * settings would reach the pool's other users.
   */
  readonly isPooled: boolean;
};

/** The error that announced the end of a session while no statement was waiting. */
export type LastWords = { error?: unknown };

type Notice = { readonly severity?: string | undefined; readonly message?: string | undefined };

/** One session on a PostgreSQL server, held until it is closed or lost. */
export class PostgresConnection extends HeldSession {
  readonly isPooled: boolean;
  readonly serverQuestion: string | undefined;
  readonly #client: Client;
  readonly #cancelTarget: CancelTarget;
  readonly #lastWords: LastWords;

  constructor(parts: ConnectionParts) {
    const { client, socket, facts, serverQuestion, cancelTarget, lastWords, isPooled } = parts;
    super(socket, facts);
    this.serverQuestion = serverQuestion;
    this.isPooled = isPooled;
    this.#client = client;
    this.#cancelTarget = cancelTarget;
    this.#lastWords = lastWords;
  }

  /**
   * Runs statements of the executor itself through the simple protocol. Rejects with pg's error.
   */
  async command(text: string): Promise<void> {
    await this.#answer(this.#client.query(text));
  }

  /**
   * Runs statements of the executor itself, the last of which returns the server's identity as its
   * column `server`. Rejects with pg's error.
   */
  async commandAsking(text: string): Promise<void> {
    const answers: unknown = await this.#answer(this.#client.query(text));
    const server = saidIn(Array.isArray(answers) ? answers.at(-1) : answers);
    if (server !== undefined) this.noteServer(server);
  }

  /** Runs a statement. Rejects with pg's error. */
  run(statement: Statement): Promise<SqlResult> {
    return this.#answer(this.#client.query(statement).result);
  }

  /**
   * Calls the listener with each notice, e.g. `WARNING: …`. Returns a function that removes the
   * listener.
   */
  onNotice(listener: (notice: string) => void): () => void {
    const listen = ({ severity = 'NOTICE', message = '' }: Notice) =>
      listener(`${severity}: ${message}`);
    this.#client.on('notice', listen);
    return () => this.#client.off('notice', listen);
  }

  /** Asks the server to cancel the running statement; see {@link requestCancel}. */
  async cancel(withinMs: number): Promise<undefined> {
    await requestCancel(this.#cancelTarget, withinMs);
  }

  /** Prefers the server's own last words to pg's complaint that the session is gone. */
  async #answer<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw hasCode(error) ? error : (this.#lastWords.error ?? error);
    }
  }

  protected override logOut(): Promise<void> {
    return this.#client.end();
  }
}

/** Tells whether an error has a code, of the server or the system: pg's own complaints have none. */
export function hasCode(error: unknown): boolean {
  return error instanceof Error && 'code' in error;
}

function saidIn(answer: unknown): string | undefined {
  const { rows } = answer as { readonly rows?: readonly { readonly server?: unknown }[] };
  const server = rows?.[0]?.server;
  return typeof server === 'string' ? server : undefined;
}

/** A session to cancel, with the way to its server. */
type CancelTarget = {
  readonly host: string;
  readonly port: number;
  readonly ssl: ConnectionOptions | false;
  readonly processId: number;
  readonly secretKey: number;
};

/**
 * Asks the server to cancel a session's running statement, through a separate connection that takes
 * no slot. Resolves when the server has closed that connection, after which the request can no
 * longer hit a later statement, or after `withinMs`. pg's own `cancel` uses a deprecated field of
 * its client, has no TLS and does not report completion.
 */
export async function requestCancel(target: CancelTarget, withinMs: number): Promise<void> {
  const { host, port } = target;
  const socket = host.startsWith('/')
    ? connect(`${host}/.s.PGSQL.${port}`)
    : connect({ host, port });
  const timer = setTimeout(() => socket.destroy(), withinMs);
  // The end of the statement itself tells whether the request arrived.
  socket.on('error', () => {});
  const closed = once(socket, 'close');
  socket.once('connect', () => {
    // Not `end`: a pooler treats a closed connection as a withdrawn request.
    if (target.ssl === false) socket.write(cancelRequest(target));
    else upgrade(socket, target, target.ssl);
  });
  await closed;
  clearTimeout(timer);
}

function upgrade(socket: Socket, target: CancelTarget, ssl: ConnectionOptions): void {
  socket.write(SSL_REQUEST);
  socket.once('data', () => {
    const secure = connectTls({ ...ssl, socket, host: target.host });
    secure.on('error', () => socket.destroy());
    secure.once('close', () => socket.destroy());
    secure.once('secureConnect', () => secure.write(cancelRequest(target)));
  });
}

function cancelRequest({ processId, secretKey }: CancelTarget): Buffer {
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(80_877_102, 4);
  request.writeInt32BE(processId, 8);
  request.writeInt32BE(secretKey, 12);
  return request;
}
