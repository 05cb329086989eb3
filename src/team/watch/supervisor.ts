import type { Pool } from 'pg';
import { messageOf } from '#errors.ts';
import { counted } from '#text/count.ts';
import type { Dispatch } from '../dispatch.ts';
import { addMonths } from '../migrate.ts';
import { LEASE_TIMES, type LeaseTimes } from './lease.ts';
import { Reaper, sweep } from './reaper.ts';

/** The options of a supervisor. */
export type SupervisorParts = {
  readonly pool: Pool;
  readonly dispatch: Dispatch;
  readonly times?: LeaseTimes | undefined;
  /** Called with what a person who operates the team should know. */
  readonly onNotice?: ((text: string) => void) | undefined;
};

/** One look in so many also searches for legs that are gone. */
const SWEEP_EVERY = 5;
const HOUR_MS = 3_600_000;

/**
 * Watches over all workers of a team, in every process of it: gives the runs of dead workers to
 * others, and runs whose leg is gone another one.
 */
export class Supervisor {
  readonly #parts: SupervisorParts;
  readonly #times: LeaseTimes;
  readonly #reaper: Reaper;
  #timers: readonly NodeJS.Timeout[] = [];
  #looks = 0;
  #isLooking = false;
  readonly #occupied = new Set<string>();

  constructor(parts: SupervisorParts) {
    this.#parts = parts;
    this.#times = parts.times ?? LEASE_TIMES;
    const { pool, dispatch, onNotice } = parts;
    this.#reaper = new Reaper({
      ...{ pool, dispatch, deadMs: this.#times.deadMs },
      onReaped: (worker, runs) =>
        onNotice?.(`worker ${worker} is dead; others continue ${counted(runs, 'run')}`),
    });
  }

  /** Starts to watch. */
  start(): void {
    this.#timers = [
      setInterval(() => void this.#look(), this.#times.beatMs),
      setInterval(() => void this.#addMonths(), HOUR_MS),
    ];
    void this.#addMonths();
  }

  /** Stops watching. */
  stop(): void {
    for (const timer of this.#timers) clearInterval(timer);
  }

  async #addMonths(): Promise<void> {
    const { pool, onNotice } = this.#parts;
    try {
      const occupied = await addMonths(pool);
      const news = occupied.filter((month) => !this.#occupied.has(month));
      for (const month of news) this.#occupied.add(month);
      if (news.length > 0)
        onNotice?.(
          `months without a partition of their own, whose lines stay where they are: ${news.join(', ')}`,
        );
    } catch (error) {
      onNotice?.(`no partitions for the coming months: ${messageOf(error)}`);
    }
  }

  async #look(): Promise<void> {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      await this.#reaper.look();
      this.#looks += 1;
      if (this.#looks % SWEEP_EVERY === 0) await sweep(this.#parts, this.#times.deadMs);
    } catch {
      // Other processes watch as well, and this one looks again.
    } finally {
      this.#isLooking = false;
    }
  }
}
