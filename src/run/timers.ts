import type { RunEvent } from '../events/event.ts';
import type { MachineSnapshot } from '../machine/advance.ts';
import { keyOf } from './execution-key.ts';

/** The pauses of a run, by what pauses; each has one at most. */
export class Timers {
  readonly #timers = new Map<string, NodeJS.Timeout>();

  /** Calls `onOver` after a while, unless the pause is forgotten before. */
  arm(key: string, ms: number, onOver: () => void): void {
    this.forget(key);
    this.#timers.set(key, setTimeout(onOver, ms));
  }

  /** Ends a pause without a word. */
  forget(key: string): void {
    clearTimeout(this.#timers.get(key));
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
