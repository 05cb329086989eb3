import type { RunEvent } from '#events/log/event.ts';

/** Something that is going to happen on the clock of a case: an action ends, or a pause is over. */
export type Due = {
  /** In milliseconds since 1970. */
  readonly at: number;
  readonly step: string;
  /** Which pause it is; undefined for an action. */
  readonly timer: string | undefined;
  readonly event: () => RunEvent;
};

/** What is going to happen, in the order of time. */
export class Agenda {
  #due: readonly Due[] = [];

  add(due: Due): void {
    this.#due = [...this.#due, due];
  }

  /** Takes out what comes first; of two at one moment, what was added first. */
  next(): Due | undefined {
    if (this.#due.length === 0) return undefined;
    const next = this.#due.reduce((first, one) => (one.at < first.at ? one : first));
    this.#due = this.#due.filter((one) => one !== next);
    return next;
  }

  /** Tells whether something of a step is still to happen. */
  concerns(step: string): boolean {
    return this.#due.some((one) => one.step === step);
  }

  /** Ends one pause, or all of them. */
  forgetTimers(which?: string): void {
    this.#due = this.#due.filter(
      ({ timer }) => timer === undefined || (which !== undefined && timer !== which),
    );
  }
}
