import type { Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { oldVersionNote } from '#runbook/model/engines.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Row } from '#runbook/model/value.ts';
import type { SqlAction } from '#safety/kinds/sql.ts';
import type { ConnectionFacts, StepOutcome } from '../executor.ts';
import type { Interruption } from './interruption.ts';
import { connectionIdentity, serverIdentity } from './server-identity.ts';

const GOODBYE_MS = 1_000;
const ANSWER_MS = 3_000;

/** The facts of a session that are known before its server is asked. */
type FirstFacts = Pick<ConnectionFacts, 'engine' | 'host' | 'port' | 'tls' | 'session'> & {
  readonly database: string | null | undefined;
  readonly user: string | null | undefined;
};

/** A read that failed before the server began its statement. Its cause is the driver's error. */
export class NotBegun extends Error {}

/** One session on a server, held until it is closed or lost. */
export abstract class HeldSession {
  /** Called with each notice of the server, e.g. `WARNING: …`; undefined if not needed. */
  onNotice: ((notice: string) => void) | undefined;
  /** A hint on what remains of a change that the server ended. */
  abstract readonly undone: string;
  /** The expression of SQL that identifies the server; undefined if it reports no identity. */
  protected serverQuestion: string | undefined;
  readonly #socket: Socket;
  #facts: ConnectionFacts;
  #isLost = false;
  #isVersionTold = false;

  /** Holds a session. Destroying the socket, which may be beneath TLS, ends it immediately. */
  constructor(socket: Socket, facts: FirstFacts) {
    // Field by field: what is given may hold a password beside them.
    const { engine, host, port, tls, session, database, user } = facts;
    const server = connectionIdentity();
    this.#socket = socket;
    this.#facts = {
      ...{ engine, host, port, tls, session, server, version: 'unknown', reserved: false },
      ...{ database: database ?? '', user: user ?? '' },
    };
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

  /** Gives notice, once, of a server that is older than the library's statements need. */
  tellVersion(): void {
    const note = oldVersionNote(this.#facts.engine, this.#facts.version);
    if (note !== undefined && !this.#isVersionTold) this.onNotice?.(note);
    this.#isVersionTold = true;
  }

  /** Closes the connection immediately. A running statement fails. */
  abandon(): void {
    this.#isLost = true;
    this.#socket.destroy();
  }

  /** Logs out, then closes the connection. */
  async end(): Promise<void> {
    const closed = new Promise((done) => this.#socket.once('close', done));
    if (!this.isLost) {
      this.logOut();
      await Promise.race([closed, delay(GOODBYE_MS)]);
    }
    this.abandon();
  }

  /** Ends the transaction of a read, which succeeded or not. */
  async endRead(hasSucceeded: boolean): Promise<void> {
    await this.endTransaction(hasSucceeded ? 'COMMIT' : 'ROLLBACK');
  }

  /** Ends a transaction. Abandons the session if that fails or is not answered in time. */
  protected async endTransaction(command: 'COMMIT' | 'ROLLBACK'): Promise<void> {
    if (this.isLost) return;
    const patience = delay(ANSWER_MS, 'silent', { ref: false });
    const ended = this.ask(command).catch(() => 'failed');
    const answer = await Promise.race([ended, patience]);
    if (answer === 'silent' || answer === 'failed') this.abandon();
  }

  /** Asks the server for the facts of the session. Rejects if the session is lost. */
  abstract describe(): Promise<void>;

  /** Runs a text of the executor itself and returns its last rows. Rejects with the driver's error. */
  abstract ask(text: string): Promise<readonly Row[]>;

  /**
   * Runs a query like {@link ask}. Returns no rows if the server refuses it, as a pooler or a
   * compatible server may.
   */
  async tryAsk(text: string): Promise<readonly Row[]> {
    try {
      return await this.ask(text);
    } catch (error) {
      if (this.isAnswer(error)) return [];
      throw error;
    }
  }

  /** Returns why an action cannot be sent; undefined if it can. */
  refusal(_action: SqlAction): StepError | undefined {
    return undefined;
  }

  /** Returns whether the server itself ends the statement of an action in time. */
  abstract isServerTimed(action: SqlAction): boolean;

  /**
   * Prepares the session for an action, which also checks that it still works, and notes the server
   * that answers. Rejects with the driver's error.
   */
  abstract prepare(action: SqlAction): Promise<void>;

  /** Runs the statement of an action. Rejects with the driver's error, or with {@link NotBegun}. */
  abstract run(action: SqlAction, interruption: Interruption): Promise<StepOutcome>;

  /** Asks the server to cancel the running statement. Resolves with the reason if it cannot. */
  abstract cancel(withinMs: number): Promise<string | undefined>;

  /** Returns whether an error is the server's answer to a statement, so that the session lives. */
  abstract isAnswer(error: unknown): boolean;

  /** Returns whether an error guarantees that a statement had no effect in its transaction. */
  hasNoEffect(error: unknown): boolean {
    return this.isAnswer(error);
  }

  /** Converts an error of the driver or the server, met while an action runs. */
  abstract errorOf(error: unknown, action?: SqlAction): StepError;

  /** Notes facts that the server has reported. */
  protected note(facts: Partial<ConnectionFacts>): void {
    this.#facts = { ...this.#facts, ...facts };
  }

  /** Notes the server that reports this about itself. Returns whether it reports anything. */
  protected noteServer(said: unknown): boolean {
    if (typeof said === 'string') this.note({ server: serverIdentity(said) });
    return typeof said === 'string';
  }

  /**
   * Finds the best of several expressions that tell servers apart, and notes the server. One that
   * answers none of them is identified by the connection alone.
   */
  protected async identify(questions: readonly string[]): Promise<void> {
    for (const question of questions) {
      const [row] = await this.tryAsk(`SELECT ${question} AS server`);
      if (this.noteServer(row?.server)) {
        this.serverQuestion = question;
        return;
      }
    }
  }

  /** Logs out, after which the server then closes the connection. */
  protected abstract logOut(): void;
}
