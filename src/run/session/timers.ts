import { keyOf } from '#events/log/action-key.ts';
import type { EventOf, RunEvent } from '#events/log/event.ts';
import type { MachineSnapshot } from '#machine/advance.ts';
import type { Arm } from '#machine/effect.ts';
import { longestTimer } from '#steps/timer-limit.ts';

/**
 * Calls a function once after a delay in milliseconds, unless the returned function is called
 * first.
 */
export type Schedule = (ms: number, onOver: () => void) => () => void;

/**
 * Returns a schedule of Node timers, each at most `longestMs` long: a longer delay takes several.
 */
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

/** The timers of a run's pauses, at most one per key. */
export class Timers {
  readonly #schedule: Schedule;
  readonly #timers = new Map<string, () => void>();

  constructor(schedule: Schedule = scheduleTimer) {
    this.#schedule = schedule;
  }

  /** Calls `onOver` after a delay, unless the timer is cancelled first. */
  arm(key: string, ms: number, onOver: () => void): void {
    this.forget(key);
    this.#timers.set(key, this.#schedule(ms, onOver));
  }

  /** Calls `onOver` with the event that a pause is over, unless its timer is cancelled first. */
  armFor({ step, item, ms }: Arm, onOver: (fired: EventOf<'timer.fired'>) => void): void {
    const about = item === undefined ? { step } : { step, item };
    this.arm(keyOf(about), ms, () => onOver({ type: 'timer.fired', ...about }));
  }

  /** Cancels a timer. Does nothing if it has already fired. */
  forget(key: string): void {
    this.#timers.get(key)?.();
    this.#timers.delete(key);
  }

  /**
   * Cancels timers after the run moved: a result ends the pause of its own step only, an action of
   * the operator ends all pauses.
   */
  moved(event: RunEvent, before: MachineSnapshot, after: MachineSnapshot): void {
    if (event.type === 'step.finished' || event.type === 'timer.fired') this.forget(keyOf(event));
    else if (JSON.stringify(before.value) !== JSON.stringify(after.value)) this.clear();
  }

  /** Cancels all timers. */
  clear(): void {
    for (const key of [...this.#timers.keys()]) this.forget(key);
  }
}
