/** The dependencies of a turn besides its act. */
export type TurnParts = {
  /** True once nothing more may be done. */
  readonly isOver: () => boolean;
  /** Resolves once the recorded events are durable; returns undefined if they need not be. */
  readonly settled: () => Promise<void> | undefined;
  /** Does the pending work of an idle run; returns whether there was any. */
  readonly rest: () => boolean;
  /** Called if the act or the end of its turn threw, or its events cannot be made durable. */
  readonly failed: (error: unknown) => void;
  /** Called at the end of every turn. */
  readonly ended: () => void;
};

/**
 * The turns of a run: acts are queued and taken one at a time, in order. An act that is posted during
 * another one waits, so that acts never nest. The consequences of an act follow once its record is as
 * durable as required; only then does the next turn start.
 */
export class Turns {
  readonly #parts: TurnParts;
  readonly #queue: (() => Promise<void> | undefined)[] = [];
  #due: (() => void)[] = [];
  #isTaking = false;

  constructor(parts: TurnParts) {
    this.#parts = parts;
  }

  /**
   * Queues an act; `begun` is called in its turn, even if nothing more may be done. The act has been
   * called on return, unless another turn has not ended. A turn lasts until its act resolves.
   */
  post(act: () => unknown, begun?: () => void): void {
    this.#queue.push(() => {
      begun?.();
      return this.#parts.isOver() ? undefined : this.#take(act);
    });
    if (!this.#isTaking) this.#takeNext();
  }

  /** Ends the turns with an error, in a turn of its own. */
  fail(error: Error): void {
    this.post(() => {
      throw error;
    });
  }

  /** Runs a function in this turn, once its record is durable. */
  afterRecord(act: () => void): void {
    this.#due.push(act);
  }

  #takeNext(): void {
    this.#isTaking = true;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
      const waiting = next();
      if (waiting !== undefined) {
        void waiting.then(() => {
          this.#endTurn();
          this.#takeNext();
        });
        return;
      }
      this.#endTurn();
    }
    this.#isTaking = false;
  }

  /** An end that throws fails its turn, which then ends once more, so that its intent is answered. */
  #endTurn(isFailed = false): void {
    try {
      this.#parts.ended();
    } catch (error) {
      this.#fail(error);
      if (!isFailed) this.#endTurn(true);
    }
  }

  #take(act: () => unknown): Promise<void> | undefined {
    try {
      const done = act();
      const finished = done instanceof Promise ? done.then(() => this.#finish()) : this.#finish();
      return finished?.catch((error: unknown) => this.#fail(error));
    } catch (error) {
      this.#fail(error);
      return undefined;
    }
  }

  #finish(): Promise<void> | undefined {
    for (;;) {
      const durable = this.#parts.settled();
      if (durable !== undefined) return durable.then(() => this.#finish());
      const due = this.#due.splice(0);
      for (const act of due) act();
      if (due.length === 0 && !this.#parts.rest()) return undefined;
    }
  }

  #fail(error: unknown): void {
    this.#due = [];
    this.#parts.failed(error);
  }
}
