import type { RunEvent } from '#events/log/event.ts';

/**
 * The times at which rows were read, on two clocks: one that can be set back, and one that may stop
 * while the machine sleeps.
 */
export class ReadingTimes {
  readonly #clock: () => Date;
  readonly #monotonic: () => number;
  readonly #readAt = new Map<string, number>();

  constructor(clock: () => Date, monotonic: () => number) {
    this.#clock = clock;
    this.#monotonic = monotonic;
  }

  /** Stores the read time of an event's rows, if any; `at` is their time in the record. */
  note(event: RunEvent, at: string): void {
    if (event.type === 'gate.refreshed' && event.status === 'same')
      this.#readAt.set(at, this.#monotonic());
    if (event.type !== 'step.finished') return;
    if (event.part === 'preview' || event.part === 'recheck')
      this.#readAt.set(at, this.#monotonic());
  }

  /**
   * Returns the age in milliseconds of rows by their recorded time, on the clock that yields the
   * higher age. Undefined if another process read them.
   */
  ageMs(at: string): number | undefined {
    const readAt = this.#readAt.get(at);
    if (readAt === undefined) return undefined;
    const byClock = this.#clock().getTime() - Date.parse(at);
    return Math.round(Math.max(byClock, this.#monotonic() - readAt));
  }
}
