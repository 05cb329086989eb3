import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type ConnectionOptions, connect as connectTls } from 'node:tls';
import type { Client } from 'pg';
import type { SqlResult } from '#runbook/model/value.ts';
import { serverIdentity } from '../database/server-identity.ts';
import type { ConnectionFacts } from '../executor.ts';
import { SSL_REQUEST } from '../wire/postgres-greeting.ts';
import type { Statement } from './statement.ts';

const GOODBYE_MS = 1_000;

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
  /**
   * True behind a pooler, which may assign each transaction to another server session: session
   * settings would reach the pool's other users.
   */
  readonly isPooled: boolean;
};

type Notice = { readonly severity?: string | undefined; readonly message?: string | undefined };

/** One session on a PostgreSQL server, held until it is closed or lost. */
export class PostgresConnection {
  readonly isPooled: boolean;
  readonly serverQuestion: string | undefined;
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #cancelTarget: CancelTarget;
  #facts: ConnectionFacts;
  #isLost = false;

  constructor(parts: ConnectionParts) {
    const { client, socket, facts, serverQuestion, cancelTarget, isPooled } = parts;
    this.#facts = facts;
    this.serverQuestion = serverQuestion;
    this.isPooled = isPooled;
    this.#client = client;
    this.#socket = socket;
    this.#cancelTarget = cancelTarget;
    socket.once('close', () => this.abandon());
  }

  /** Facts about the session. The server is the one that answered last. */
  get facts(): ConnectionFacts {
    return this.#facts;
  }

  /** True once the connection has ended, or an error announced its end. */
  get isLost(): boolean {
    return this.#isLost || this.#socket.destroyed;
  }

  /**
   * Runs statements of the executor itself through the simple protocol. Rejects with pg's error.
   */
  async command(text: string): Promise<void> {
    await this.#client.query(text);
  }

  /**
   * Runs statements of the executor itself, the last of which returns the server's identity as its
   * column `server`. Rejects with pg's error.
   */
  async commandAsking(text: string): Promise<void> {
    const answers: unknown = await this.#client.query(text);
    const server = saidIn(Array.isArray(answers) ? answers.at(-1) : answers);
    if (server !== undefined) this.#facts = { ...this.#facts, server: serverIdentity(server) };
  }

  /** Runs a statement. Rejects with pg's error. */
  run(statement: Statement): Promise<SqlResult> {
    return this.#client.query(statement).result;
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

  /** Closes the connection immediately. A running statement fails. */
  abandon(): void {
    this.#isLost = true;
    this.#socket.destroy();
  }

  /** Logs out, then closes the connection. */
  async end(): Promise<void> {
    if (!this.isLost) await Promise.race([this.#client.end(), delay(GOODBYE_MS)]);
    this.abandon();
  }
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
