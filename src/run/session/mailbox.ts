/**
 * The queue of a run: posted handlers run one at a time, in order. One that is posted during
 * another waits, so that handlers never nest. A handler that waits returns a promise; its turn ends
 * with that.
 */
export class Mailbox {
  readonly #handled: () => void;
  readonly #queue: (() => unknown)[] = [];
  #isHandling = false;

  /**
   * Calls `handled` after each turn, before the next one; neither it nor a handler may throw or
   * reject.
   */
  constructor(handled: () => void) {
    this.#handled = handled;
  }

  /** Queues a handler. It has been called on return, unless another one is being handled. */
  post(handler: () => unknown): void {
    this.#queue.push(handler);
    if (!this.#isHandling) this.#handleNext();
  }

  #handleNext(): void {
    this.#isHandling = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        const waiting = next();
        if (waiting instanceof Promise) {
          void waiting.then(() => {
            this.#handled();
            this.#handleNext();
          });
          return;
        }
        this.#handled();
      }
    } catch (error) {
      this.#isHandling = false;
      throw error;
    }
    this.#isHandling = false;
  }
}
