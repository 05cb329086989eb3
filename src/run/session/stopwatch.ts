import { keyOf } from '#events/log/action-key.ts';
import type { Execute } from '#machine/effect.ts';

/** Measures a verification from its first check, over all further checks. */
export class Stopwatch {
  readonly #monotonic: () => number;
  readonly #since = new Map<string, { readonly visit: number; readonly since: number }>();

  /** `monotonic` returns monotonic milliseconds. */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /**
   * Returns a function that returns the milliseconds since the first check of this verification, or
   * since now.
   */
  start({ step, visit, part, item, isFirstLook }: Execute): () => number {
    const now = this.#monotonic;
    const of = keyOf({ step, item });
    const known = this.#since.get(of);
    const since = part === 'verify' && !isFirstLook && known?.visit === visit ? known.since : now();
    if (part === 'verify') this.#since.set(of, { visit, since });
    else this.#since.delete(of);
    return () => Math.round(now() - since);
  }
}
