import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { SqlResult } from '#runbook/model/value.ts';
import { serverIdentity } from '../database/server-identity.ts';
import type { ConnectionFacts } from '../executor.ts';
import { type CancelTarget, requestCancel } from './cancel.ts';
import type { Statement } from './statement.ts';

const GOODBYE_MS = 1_000;

/** What a connection is made of. */
export type ConnectionParts = {
  readonly client: Client;
  /** Under TLS, if there is any: destroying it ends the connection at once. */
  readonly socket: Socket;
  readonly facts: ConnectionFacts;
  /** An SQL expression by which the server says which one it is; missing where it cannot. */
  readonly serverQuestion: string | undefined;
  readonly cancelTarget: CancelTarget;
  /**
   * A pooler stands in between and may hand each transaction to another server session: what is set
   * for the session would reach the pool's other users.
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

  /** What is known of the session; its server is the one that answered last. */
  get facts(): ConnectionFacts {
    return this.#facts;
  }

  /** True when the connection has ended, or an error said that it is about to. */
  get isLost(): boolean {
    return this.#isLost || this.#socket.destroyed;
  }

  /** Runs statements of our own through the simple protocol; rejects with pg's error. */
  async command(text: string): Promise<void> {
    await this.#client.query(text);
  }

  /**
   * Runs statements of our own, the last of which has the answer to the server's question as its
   * column `server`; rejects with pg's error.
   */
  async commandAsking(text: string): Promise<void> {
    const answers: unknown = await this.#client.query(text);
    const server = saidIn(Array.isArray(answers) ? answers.at(-1) : answers);
    if (server !== undefined) this.#facts = { ...this.#facts, server: serverIdentity(server) };
  }

  /** Runs a statement; rejects with pg's error. */
  run(statement: Statement): Promise<SqlResult> {
    return this.#client.query(statement).result;
  }

  /** Calls the listener with what the server says beside its answers, e.g. `WARNING: …`. */
  onNotice(listener: (notice: string) => void): () => void {
    const listen = ({ severity = 'NOTICE', message = '' }: Notice) =>
      listener(`${severity}: ${message}`);
    this.#client.on('notice', listen);
    return () => this.#client.off('notice', listen);
  }

  /** Asks the server to cancel what runs here now; see {@link requestCancel}. */
  cancel(withinMs: number): Promise<void> {
    return requestCancel(this.#cancelTarget, withinMs);
  }

  /** Ends the connection at once; what runs on it fails. */
  abandon(): void {
    this.#isLost = true;
    this.#socket.destroy();
  }

  /** Takes leave of the server. */
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
