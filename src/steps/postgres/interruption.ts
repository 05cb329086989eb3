import { setTimeout as delay } from 'node:timers/promises';
import type { StepError } from '#runbook/model/step-error.ts';
import type { SqlAction } from '#safety/actions/action.ts';
import { formatDuration } from '#text/duration.ts';
import { longestTimer } from '../timer-limit.ts';
import type { PostgresConnection } from './connection.ts';

/** The delay after the server's own statement timeout at which the server counts as silent. */
const GUARD_MS = 2_000;

/** The time the server has to answer a request to cancel. */
const ANSWER_MS = 3_000;

/**
 * Interrupts a statement: when the operator ends it, or the server exceeds its time, the server is
 * asked to cancel it. The connection is abandoned if the statement does not end.
 */
export class Interruption {
  readonly #connection: PostgresConnection;
  readonly #action: SqlAction;
  readonly #signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #ended = Promise.withResolvers<'ended'>();
  #reason: 'cancelled' | 'timeout' | undefined;
  #cancelling: Promise<void> | undefined;

  constructor(connection: PostgresConnection, action: SqlAction, signal: AbortSignal) {
    this.#connection = connection;
    this.#action = action;
    this.#signal = signal;
    const serverWatches = action.readOnly || !connection.isPooled;
    const limit = longestTimer(action.timeoutMs + (serverWatches ? GUARD_MS : 0));
    this.#timer = setTimeout(() => this.#interrupt('timeout'), limit);
    signal.addEventListener('abort', this.#abort);
    if (signal.aborted) this.#abort();
  }

  /** The reason why the statement was interrupted; undefined if it was not. */
  get error(): StepError | undefined {
    if (this.#reason === undefined) return undefined;
    const message =
      this.#reason === 'cancelled'
        ? 'the statement was ended by the operator'
        : `the server gave no answer within ${formatDuration(this.#action.timeoutMs)}`;
    return { kind: this.#reason, phase: 'query', message };
  }

  /** Stops watching after the statement has ended. Resolves when no cancellation is pending. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#abort);
    this.#ended.resolve('ended');
    await this.#cancelling;
  }

  readonly #abort = (): void => this.#interrupt('cancelled');

  #interrupt(reason: 'cancelled' | 'timeout'): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#cancelling = this.#cancel();
  }

  async #cancel(): Promise<void> {
    const patience = delay(ANSWER_MS, 'silent', { ref: false });
    const cancelled = this.#connection.cancel(ANSWER_MS);
    if ((await Promise.race([this.#ended.promise, patience])) === 'silent')
      this.#connection.abandon();
    await cancelled;
  }
}
