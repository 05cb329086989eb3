import { setTimeout as delay } from 'node:timers/promises';
import type { StepError } from '#runbook/model/step-error.ts';
import type { SqlAction } from '#safety/actions/action.ts';
import { formatDuration } from '#text/duration.ts';
import { longestTimer } from '../timer-limit.ts';
import type { MysqlConnection } from './connection.ts';

/** The delay after the server's own statement timeout at which the server counts as silent. */
const GUARD_MS = 2_000;

/** The time the server has to end a statement. */
const ANSWER_MS = 3_000;

/**
 * Interrupts a statement: when the operator ends it, or its time is up, the server is told to end
 * it. The connection is abandoned if the server cannot be told or does not comply.
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
    // MySQL's own timeout covers only SELECTs.
    const isServerTimed = action.readOnly || connection.facts.engine === 'mariadb';
    const limit = longestTimer(action.timeoutMs + (isServerTimed ? GUARD_MS : 0));
    this.#timer = setTimeout(() => this.#interrupt('timeout'), limit);
    signal.addEventListener('abort', this.#abort);
  }

  /** The reason why the statement was interrupted; undefined if it was not. */
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

  /** True if the result was large enough and the server was told to end the statement. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Stops a read whose result exceeds the limits. */
  stop(): void {
    this.#isStopped = true;
    this.#kills.push(this.#connection.cancel(ANSWER_MS));
  }

  /** Stops watching after the statement has ended. Resolves when no cancellation is pending. */
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
