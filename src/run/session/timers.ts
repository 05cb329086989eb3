import type { RunEvent } from '#events/log/event.ts';
import type { MachineSnapshot } from '#machine/advance.ts';
import { longestTimer } from '#steps/timer-limit.ts';
import { keyOf } from './execution-key.ts';

/** Calls a function once after so many milliseconds, unless the returned function is called before. */
export type Schedule = (ms: number, onOver: () => void) => () => void;

/** Returns a schedule of Node timers, each no longer than `longestMs`: a longer pause takes several. */
export function scheduleInPieces(longestMs: number): Schedule {
  return (ms, onOver) => {
    let timer: NodeJS.Timeout;
    const wait = (rest: number): void => {
      const now = Math.min(rest, longestMs);
      timer = setTimeout(() => (rest > now ? wait(rest - now) : onOver()), now);
    };
    wait(ms);
    return () => clearTimeout(timer);
  };
}

/** Schedules with timers of Node. */
export const scheduleTimer: Schedule = scheduleInPieces(longestTimer(Number.POSITIVE_INFINITY));

/** The pauses of a run, by what pauses; each has one at most. */
export class Timers {
  readonly #schedule: Schedule;
  readonly #timers = new Map<string, () => void>();

  constructor(schedule: Schedule = scheduleTimer) {
    this.#schedule = schedule;
  }

  /** Calls `onOver` after a while, unless the pause is forgotten before. */
  arm(key: string, ms: number, onOver: () => void): void {
    this.forget(key);
    this.#timers.set(key, this.#schedule(ms, onOver));
  }

  /** Cancels a pause. Does nothing when it is over. */
  forget(key: string): void {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
  }

  /**
   * Takes note of what moved the run: what happened ends the pause of its own step only, what the
   * operator did ends all there are.
   */
  moved(event: RunEvent, before: MachineSnapshot, after: MachineSnapshot): void {
    if (event.type === 'step.finished' || event.type === 'timer.fired') this.forget(keyOf(event));
    else if (JSON.stringify(before.value) !== JSON.stringify(after.value)) this.clear();
  }

  /** Ends all of them. */
  clear(): void {
    for (const key of [...this.#timers.keys()]) this.forget(key);
  }
}
