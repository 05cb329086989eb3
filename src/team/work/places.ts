/**
 * The places of a worker for runs that work. A new run waits for one; a run that goes on, since it was
 * answered, takes one at once, even if none is free.
 */
export class Places {
  readonly #most: number;
  #taken = 0;
  readonly #waiting: (() => void)[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** The number of places that are taken, also of those that no new run would get. */
  get taken(): number {
    return this.#taken;
  }

  /** Resolves once a place is free, and takes it. */
  async enter(): Promise<void> {
    if (this.#taken < this.#most) this.#taken += 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  /** Takes a place at once: no answer waits for the runs that came after it. */
  goOn(): void {
    this.#taken += 1;
  }

  /** Gives a place back: whatever has waited longest for one gets it. */
  leave(): void {
    this.#taken -= 1;
    const next = this.#taken < this.#most ? this.#waiting.shift() : undefined;
    if (next === undefined) return;
    this.#taken += 1;
    next();
  }
}
