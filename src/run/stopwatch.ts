import type { Execute } from '../machine/effect.ts';

/** Measures a verification from its first check, over all the checks that follow. */
export class Stopwatch {
  readonly #clock: () => Date;
  #verification: { readonly of: string; readonly since: number } | undefined;

  constructor(clock: () => Date) {
    this.#clock = clock;
  }

  /** Returns what tells the milliseconds since the first check of this verification, or since now. */
  start({ step, visit, part }: Execute): () => number {
    const now = () => this.#clock().getTime();
    const of = `${step} ${visit}`;
    if (part !== 'verify') this.#verification = undefined;
    else if (this.#verification?.of !== of) this.#verification = { of, since: now() };
    const since = this.#verification?.since ?? now();
    return () => now() - since;
  }
}
