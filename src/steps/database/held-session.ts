import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { ConnectionFacts } from '../executor.ts';
import { serverIdentity } from './server-identity.ts';

const GOODBYE_MS = 1_000;

/** One session on a server, held until it is closed or lost. */
export abstract class HeldSession {
  readonly #socket: Socket;
  #facts: ConnectionFacts;
  #isLost = false;

  /** Holds a session. Destroying the socket, which may be beneath TLS, ends it immediately. */
  constructor(socket: Socket, facts: ConnectionFacts) {
    this.#socket = socket;
    this.#facts = facts;
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

  /** Closes the connection immediately. A running statement fails. */
  abandon(): void {
    this.#isLost = true;
    this.#socket.destroy();
  }

  /** Logs out, then closes the connection. */
  async end(): Promise<void> {
    if (!this.isLost) await Promise.race([this.logOut(), delay(GOODBYE_MS)]);
    this.abandon();
  }

  /** Notes the server that has just reported this about itself. */
  protected noteServer(said: string): void {
    this.#facts = { ...this.#facts, server: serverIdentity(said) };
  }

  protected abstract logOut(): Promise<unknown>;
}
