import { roundMs } from '../wire/deadline.ts';

/** What a login goes through, in order. */
export const STAGES = ['dns', 'tcp', 'greeting', 'tls', 'auth', 'query'] as const;

/** One part of making a connection. */
export type Stage = (typeof STAGES)[number];

/** Measures how long each stage takes. */
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

  /** Ends the stage before, which has succeeded, and begins the next one. */
  enter(stage: Stage | null): void {
    const now = performance.now();
    if (this.#current !== null) this.#ms[this.#current] = roundMs(now - this.#startedAt);
    this.#current = stage;
    this.#startedAt = now;
  }

  /** Milliseconds by stage; null where it was not needed, not reached or not passed. */
  get ms(): Readonly<Record<Stage, number | null>> {
    return { ...this.#ms };
  }

  /** The stage that has begun and not succeeded. */
  get current(): Stage | null {
    return this.#current;
  }
}
