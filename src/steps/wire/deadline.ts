import type { ErrorPhase, StepError } from '#runbook/model/step-error.ts';
import { longestTimer } from '../timer-limit.ts';

/** What is said when the time is over or the operator has ended the step. */
export type Interrupted = {
  readonly phase?: ErrorPhase;
  /** What did not happen in time, e.g. `no answer from 10.0.0.5:5432`. */
  readonly message: string;
  readonly hint?: string;
};

/** The end of the time that a probe, or a part of it, may take; the operator may end it earlier. */
export class Deadline {
  /** Aborted at the end. */
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

  /** True when the operator has ended the step. */
  get isCancelled(): boolean {
    return this.#cancel.aborted;
  }

  /** Returns an earlier end, for a part that may take `ms` at most. */
  part(ms: number): Deadline {
    return new Deadline(Math.min(ms, this.leftMs), this.#cancel);
  }

  /** Resolves like the promise, or with undefined at the end; the promise is then left to itself. */
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

  /** Returns the error for what the end has interrupted. */
  error({ phase, message, hint }: Interrupted): StepError {
    const where = phase === undefined ? {} : { phase };
    if (this.isCancelled) return { kind: 'cancelled', message: 'ended by the operator', ...where };
    const within = `${message} within ${Math.round(this.#ms)} ms`;
    return { kind: 'timeout', message: within, ...where, ...(hint !== undefined && { hint }) };
  }
}

/** Returns a time in milliseconds with one decimal: what is near takes less than one. */
export function roundMs(ms: number): number {
  return Math.round(ms * 10) / 10;
}
