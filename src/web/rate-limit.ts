const WINDOW_MS = 60_000;

/** Limits how often each of several people does something within a minute, in this process. */
export class RateLimit {
  readonly #most: number;
  /** The moments of the last minute, oldest first, by person. */
  readonly #taken = new Map<string, number[]>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Takes one if there is one left; returns the seconds to wait otherwise. */
  take(person: string, now: number): number | undefined {
    if (this.#taken.size > 10_000) this.#forget(now);
    const recent = (this.#taken.get(person) ?? []).filter((at) => now - at < WINDOW_MS);
    this.#taken.set(person, recent);
    const [first = now] = recent;
    if (recent.length >= this.#most) return Math.ceil((first + WINDOW_MS - now) / 1_000);
    recent.push(now);
    return undefined;
  }

  #forget(now: number): void {
    for (const [person, moments] of this.#taken)
      if (moments.every((at) => now - at >= WINDOW_MS)) this.#taken.delete(person);
  }
}
