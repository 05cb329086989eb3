import type { RunEvent } from '#events/log/event.ts';

/** When rows were read, on two clocks: one that can be set back, and one that may stop while the machine sleeps. */
export class ReadingTimes {
  readonly #clock: () => Date;
  readonly #monotonic: () => number;
  readonly #readAt = new Map<string, number>();

  constructor(clock: () => Date, monotonic: () => number) {
    this.#clock = clock;
    this.#monotonic = monotonic;
  }

  /** Remembers that rows were read now, if an event says so; `at` is the time the record gives them. */
  note(event: RunEvent, at: string): void {
    if (event.type !== 'step.finished') return;
    if (event.part === 'preview' || event.part === 'recheck')
      this.#readAt.set(at, this.#monotonic());
  }

  /**
   * Returns the age in milliseconds of rows that were read at the recorded time, by the clock that says
   * they are older. Undefined when another process read them.
   */
  ageMs(at: string): number | undefined {
    const readAt = this.#readAt.get(at);
    if (readAt === undefined) return undefined;
    const byClock = this.#clock().getTime() - Date.parse(at);
    return Math.round(Math.max(byClock, this.#monotonic() - readAt));
  }
}
