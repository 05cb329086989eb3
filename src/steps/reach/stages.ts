import type { LOGIN_STAGES } from '#runbook/model/probe-results.ts';
import { roundMs } from '../wire/deadline.ts';

/** A stage of making a connection. */
type Stage = (typeof LOGIN_STAGES)[number];

/** Measures the duration of each stage. */
export class Stages {
  readonly #ms: Record<Stage, number | null> = {
    dns: null,
    tcp: null,
    greeting: null,
    tls: null,
    auth: null,
    query: null,
  };
  #current: Stage | null = null;
  #startedAt = 0;

  /** Completes the current stage and starts the next one; null for none. */
  enter(stage: Stage | null): void {
    const now = performance.now();
    if (this.#current !== null) this.#ms[this.#current] = roundMs(now - this.#startedAt);
    this.#current = stage;
    this.#startedAt = now;
  }

  /**
   * The duration of each stage in milliseconds; null if it was not needed, not reached or not
   * passed.
   */
  get ms(): Readonly<Record<Stage, number | null>> {
    return { ...this.#ms };
  }

  /** The stage that has started and not succeeded; null for none. */
  get current(): Stage | null {
    return this.#current;
  }
}
