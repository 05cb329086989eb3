import { setTimeout as delay } from 'node:timers/promises';
import type { StepError } from '#runbook/model/step-error.ts';
import type { SqlAction } from '#safety/actions/action.ts';
import { formatDuration } from '#text/duration.ts';
import { longestTimer } from '../timer-limit.ts';
import type { MysqlConnection } from './connection.ts';

/** The server's own statement timeout comes first; this much later it is taken for silent. */
const GUARD_MS = 2_000;

/** How long the server may take to end a statement. */
const ANSWER_MS = 3_000;

/**
 * Watches over a statement from before it is sent: when the operator ends it, or its time is up, the server is told
 * to end it, and the connection is given up when it cannot be told or does not listen.
 */
export class MysqlInterruption {
  readonly #connection: MysqlConnection;
  readonly #action: SqlAction;
  readonly #signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #ended = Promise.withResolvers<'ended'>();
  readonly #kills: Promise<unknown>[] = [];
  #reason: 'cancelled' | 'timeout' | undefined;
  #isStopped = false;
  #unheard: string | undefined;

  constructor(connection: MysqlConnection, action: SqlAction, signal: AbortSignal) {
    this.#connection = connection;
    this.#action = action;
    this.#signal = signal;
    // MySQL itself ends only SELECTs in time.
    const isServerTimed = action.readOnly || connection.facts.engine === 'mariadb';
    const limit = longestTimer(action.timeoutMs + (isServerTimed ? GUARD_MS : 0));
    this.#timer = setTimeout(() => this.#interrupt('timeout'), limit);
    signal.addEventListener('abort', this.#abort);
  }

  /** Why the statement was interrupted, or undefined when it was not. */
  get error(): StepError | undefined {
    if (this.#reason === undefined) return undefined;
    const message =
      this.#reason === 'cancelled'
        ? 'the statement was ended by the operator'
        : `the statement did not end within ${formatDuration(this.#action.timeoutMs)}`;
    const hint =
      this.#unheard === undefined
        ? {}
        : {
            hint: `The server could not be told to end it (${this.#unheard}) and may still run it.`,
          };
    return { kind: this.#reason, phase: 'query', message, ...hint };
  }

  /** True when enough of the result was there, and the server was told to end the statement. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Has the server stop a read that returns far more than anyone can look at. */
  stop(): void {
    this.#isStopped = true;
    this.#kills.push(this.#connection.cancel(ANSWER_MS));
  }

  /** Call it when the statement has ended; resolves when no order to end it is under way. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#abort);
    this.#ended.resolve('ended');
    await Promise.all(this.#kills);
  }

  readonly #abort = (): void => this.#interrupt('cancelled');

  #interrupt(reason: 'cancelled' | 'timeout'): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#kills.push(this.#kill());
  }

  async #kill(): Promise<void> {
    const unheard = await this.#connection.cancel(ANSWER_MS);
    const patience = delay(unheard === undefined ? ANSWER_MS : 0, 'silent', { ref: false });
    if ((await Promise.race([this.#ended.promise, patience])) === 'ended') return;
    this.#unheard = unheard ?? 'it did not listen';
    this.#connection.abandon();
  }
}
