import type { ErrorPhase, StepError } from '#runbook/model/step-error.ts';
import { formatDuration } from '#text/duration.ts';
import { longestTimer } from '../timer-limit.ts';

/** The error for a deadline that passed or a step that the operator ended. */
type Interrupted = {
  readonly phase?: ErrorPhase;
  /** The event that did not happen in time, e.g. `no answer from 10.0.0.5:5432`. */
  readonly message: string;
  readonly hint?: string;
};

/** The deadline of a probe, or of a part of it. The operator may end it earlier. */
export class Deadline {
  /** Aborted at the deadline. */
  readonly signal: AbortSignal;
  readonly #cancel: AbortSignal;
  readonly #startedAt = performance.now();
  readonly #ms: number;

  constructor(ms: number, cancel: AbortSignal) {
    this.#ms = Math.max(0, ms);
    this.#cancel = cancel;
    const timer = AbortSignal.timeout(Math.ceil(longestTimer(this.#ms)));
    this.signal = AbortSignal.any([timer, cancel]);
  }

  get leftMs(): number {
    return Math.max(0, this.#ms - (performance.now() - this.#startedAt));
  }

  /** True if the operator ended the step. */
  get isCancelled(): boolean {
    return this.#cancel.aborted;
  }

  /** Returns an earlier deadline, for a part that may take at most `ms`. */
  part(ms: number): Deadline {
    return new Deadline(Math.min(ms, this.leftMs), this.#cancel);
  }

  /**
   * Resolves or rejects like the promise, or resolves with undefined at the deadline. The promise
   * is not cancelled.
   */
  async race<T>(promise: Promise<T>): Promise<T | undefined> {
    const ended = Promise.withResolvers<undefined>();
    const end = () => ended.resolve(undefined);
    this.signal.addEventListener('abort', end, { once: true });
    if (this.signal.aborted) end();
    promise.catch(() => {});
    try {
      return await Promise.race([promise, ended.promise]);
    } finally {
      this.signal.removeEventListener('abort', end);
    }
  }

  /** Returns the error of an operation that the deadline interrupted. */
  error({ phase, message, hint }: Interrupted): StepError {
    const where = phase === undefined ? {} : { phase };
    if (this.isCancelled) return { kind: 'cancelled', message: 'ended by the operator', ...where };
    const within = `${message} within ${formatDuration(Math.round(this.#ms))}`;
    return { kind: 'timeout', message: within, ...where, ...(hint !== undefined && { hint }) };
  }
}

/** Rounds milliseconds to one decimal: nearby hosts answer in less than one. */
export function roundMs(ms: number): number {
  return Math.round(ms * 10) / 10;
}
