import type { Pool } from 'pg';
import { awayBecause } from '#team/reached.ts';

/** How often an outage is told, however many requests fail in it. */
const TOLD_MS = 60_000;

/** Tells requests that fail since the control plane is away from those that fail by themselves. */
export class Outage {
  readonly #pool: Pool;
  readonly #say: (text: string) => void;
  #toldAt = Number.NEGATIVE_INFINITY;
  #look: Promise<string | undefined> | undefined;

  constructor(pool: Pool, say: (text: string) => void) {
    this.#pool = pool;
    this.#say = say;
  }

  /** Resolves with whether the control plane is away now. Never rejects. */
  async isNow(): Promise<boolean> {
    // One question for all that have just failed.
    this.#look ??= awayBecause(this.#pool).finally(() => {
      this.#look = undefined;
    });
    const why = await this.#look;
    if (why === undefined) return false;
    if (performance.now() - this.#toldAt > TOLD_MS) {
      this.#toldAt = performance.now();
      this.#say(`the control plane does not answer, requests get 503: ${why}`);
    }
    return true;
  }
}
