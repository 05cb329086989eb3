import { Mailbox } from './mailbox.ts';

/** What a turn of a run does besides its act. */
export type TurnParts = {
  /** True once nothing may be done any more. */
  readonly isOver: () => boolean;
  /** Resolves when what was recorded is durable; returns undefined when it need not be. */
  readonly settled: () => Promise<void> | undefined;
  /** Does what is to be done where nothing is left to do; returns whether there was anything. */
  readonly rest: () => boolean;
  /** Called when the act threw, or what it recorded cannot be made durable. */
  readonly failed: (error: unknown) => void;
  /** Called at the end of every turn. */
  readonly ended: () => void;
};

/**
 * The turns of a run, one act at a time. What an act leads to is done once the record before it is as
 * durable as it has to be; only then does the next turn begin.
 */
export class Turns {
  readonly #parts: TurnParts;
  readonly #mailbox: Mailbox;
  #due: (() => void)[] = [];

  constructor(parts: TurnParts) {
    this.#parts = parts;
    this.#mailbox = new Mailbox(parts.ended);
  }

  /** Queues an act; `begun` is called when its turn comes, also when nothing may be done any more. */
  post(act: () => void, begun?: () => void): void {
    this.#mailbox.post(() => {
      begun?.();
      return this.#parts.isOver() ? undefined : this.#take(act);
    });
  }

  /** Does something in this turn, when its record is durable. */
  afterRecord(act: () => void): void {
    this.#due.push(act);
  }

  #take(act: () => void): Promise<void> | undefined {
    try {
      act();
      return this.#finish()?.catch((error: unknown) => this.#fail(error));
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
