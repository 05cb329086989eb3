import type { RunEvent } from '#events/log/event.ts';

/** A future event on the clock of a case: the end of an action or of a pause. */
export type Due = {
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly step: string;
  /** The key of the pause; undefined for an action. */
  readonly timer: string | undefined;
  readonly event: () => RunEvent;
};

/** The queue of future events, in time order. */
export class Agenda {
  #due: readonly Due[] = [];

  add(due: Due): void {
    this.#due = [...this.#due, due];
  }

  /** Removes and returns the earliest event; of two at the same time, the one added first. */
  next(): Due | undefined {
    if (this.#due.length === 0) return undefined;
    const next = this.#due.reduce((first, one) => (one.at < first.at ? one : first));
    this.#due = this.#due.filter((one) => one !== next);
    return next;
  }

  /** Returns whether an event of a step is still due. */
  concerns(step: string): boolean {
    return this.#due.some((one) => one.step === step);
  }

  /** Cancels one pause, or all of them. */
  forgetTimers(which?: string): void {
    this.#due = this.#due.filter(
      ({ timer }) => timer === undefined || (which !== undefined && timer !== which),
    );
  }
}
