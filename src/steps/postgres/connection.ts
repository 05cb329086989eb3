import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from 'pg';
import type { SqlResult } from '../../runbook/value.ts';
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
  readonly facts: ConnectionFacts;
  readonly isPooled: boolean;
  readonly #client: Client;
  readonly #socket: Socket;
  readonly #cancelTarget: CancelTarget;
  #isLost = false;

  constructor({ client, socket, facts, cancelTarget, isPooled }: ConnectionParts) {
    this.facts = facts;
    this.isPooled = isPooled;
    this.#client = client;
    this.#socket = socket;
    this.#cancelTarget = cancelTarget;
    socket.once('close', () => this.abandon());
  }

  /** True when the connection has ended, or an error said that it is about to. */
  get isLost(): boolean {
    return this.#isLost || this.#socket.destroyed;
  }

  /** Runs statements of our own through the simple protocol; rejects with pg's error. */
  async command(text: string): Promise<void> {
    await this.#client.query(text);
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
