/**
 * The queue of a run: what is posted is handled one at a time, in the order it was posted. What is posted
 * while something is handled waits for its turn, so no handler ever runs inside another.
 */
export class Mailbox {
  readonly #handled: () => void;
  readonly #queue: (() => void)[] = [];
  #isHandling = false;

  /** `handled` is called after each turn, before the next one; neither it nor a handler may throw. */
  constructor(handled: () => void) {
    this.#handled = handled;
  }

  /** Queues a handler. It has been called on return, unless another one is being handled. */
  post(handler: () => void): void {
    this.#queue.push(handler);
    if (this.#isHandling) return;
    this.#isHandling = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        next();
        this.#handled();
      }
    } finally {
      this.#isHandling = false;
    }
  }
}
