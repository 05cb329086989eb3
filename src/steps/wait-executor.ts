import { setTimeout as delay } from 'node:timers/promises';
import type { Executor, StepOutcome } from './executor.ts';
import { longestTimer } from './timer-limit.ts';

/** Returns an executor for pauses. `result.ms` is the duration in milliseconds. */
export function createWaitExecutor(): Executor {
  return {
    async execute(action, { signal }): Promise<StepOutcome> {
      if (action.kind !== 'wait') throw new TypeError(`a pause cannot run ${action.kind}`);
      const startedAt = performance.now();
      try {
        await delay(longestTimer(action.ms), undefined, { signal });
      } catch {
        return {
          status: 'failed',
          error: { kind: 'cancelled', message: 'the pause was ended by the operator' },
        };
      }
      return { status: 'succeeded', result: { ms: Math.round(performance.now() - startedAt) } };
    },
    async close() {},
  };
}
