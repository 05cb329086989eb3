import { setTimeout as delay } from 'node:timers/promises';
import type { StepError } from '#runbook/model/step-error.ts';
import type { SqlAction } from '#safety/kinds/sql.ts';
import { formatDuration } from '#text/duration.ts';
import { longestTimer } from '../timer-limit.ts';

/** The delay after the server's own statement timeout at which the server counts as silent. */
const GUARD_MS = 2_000;

/** The time the server has to end a statement. */
const ANSWER_MS = 3_000;

/** A connection whose running statement can be cancelled. */
type Cancellable = {
  /**
   * Asks the server to cancel the statement. Resolves with the reason if the server could not be
   * asked.
   */
  cancel(withinMs: number): Promise<string | undefined>;
  /** Closes the connection immediately. */
  abandon(): void;
};

/** The options of an interruption. */
type InterruptionOptions = {
  readonly signal: AbortSignal;
  /** True if the server has a timeout of its own for the statement. */
  readonly isServerTimed: boolean;
};

/**
 * Interrupts a statement: when the operator ends it, or its time is up, the server is asked to
 * cancel it. The connection is abandoned if the server cannot be asked or does not comply.
 */
export class Interruption {
  readonly #connection: Cancellable;
  readonly #timeoutMs: number;
  readonly #signal: AbortSignal;
  readonly #timer: NodeJS.Timeout;
  readonly #ended = Promise.withResolvers<undefined>();
  readonly #cancels: Promise<unknown>[] = [];
  #reason: 'cancelled' | 'timeout' | undefined;
  #isStopped = false;
  #unheard: string | undefined;

  constructor(
    connection: Cancellable,
    { timeoutMs }: SqlAction,
    { signal, isServerTimed }: InterruptionOptions,
  ) {
    this.#connection = connection;
    this.#timeoutMs = timeoutMs;
    this.#signal = signal;
    const limit = longestTimer(timeoutMs + (isServerTimed ? GUARD_MS : 0));
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
        : `the statement did not end within ${formatDuration(this.#timeoutMs)}`;
    const hint = `The server could not be told to end it (${this.#unheard}) and may still run it.`;
    return {
      ...{ kind: this.#reason, phase: 'query', message },
      ...(this.#unheard !== undefined && { hint }),
    };
  }

  /** True if the result was large enough and the server was told to end the statement. */
  get isStopped(): boolean {
    return this.#isStopped;
  }

  /** Stops a read whose result exceeds the limits. */
  stop(): void {
    this.#isStopped = true;
    this.#cancels.push(this.#connection.cancel(ANSWER_MS));
  }

  /** Stops watching after the statement has ended. Resolves when no cancellation is pending. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    this.#signal.removeEventListener('abort', this.#abort);
    this.#ended.resolve(undefined);
    await Promise.all(this.#cancels);
  }

  readonly #abort = (): void => this.#interrupt('cancelled');

  #interrupt(reason: 'cancelled' | 'timeout'): void {
    if (this.#reason !== undefined) return;
    this.#reason = reason;
    this.#cancels.push(this.#cancel());
  }

  async #cancel(): Promise<void> {
    const silent = delay(ANSWER_MS, 'it did not answer', { ref: false });
    const asked = this.#connection.cancel(ANSWER_MS);
    const heard = asked.then((problem) => problem ?? silent);
    this.#unheard = await Promise.race([this.#ended.promise, heard, silent]);
    if (this.#unheard !== undefined) this.#connection.abandon();
    await asked;
  }
}
