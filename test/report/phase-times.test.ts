import { expect, test } from 'vitest';
import type { RecordedEvent, RunEvent } from '#events/log/event.ts';
import { phaseTimes } from '#report/phase-times.ts';

const outline = { title: '', kind: 'sql', effect: 'read' } as const;

const started = {
  type: 'run.started',
  steps: [
    { ...outline, id: 'look', phase: 'diagnose' },
    { ...outline, id: 'mend', phase: 'fix' },
    { ...outline, id: 'look_again', phase: 'verify' },
  ],
} as unknown as RunEvent;

/** Events with the second in which each was written. */
function recorded(
  ...events: readonly (readonly [second: number, event: RunEvent])[]
): readonly RecordedEvent[] {
  return events.map(([second, event], at) => ({
    seq: at + 1,
    at: new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString(),
    event,
  }));
}

const entered = (step: string): RunEvent => ({ type: 'step.entered', step, visit: 1 });
const acted = (type: 'continue' | 'retry'): RunEvent => ({
  type: 'operator.acted',
  step: 'look',
  operator: 'kim',
  intent: { type },
});
const finished: RunEvent = { type: 'run.finished', outcome: 'resolved', summary: '' };

test('a phase lasts until a step of another one is come to, also when it comes again', () => {
  const records = recorded(
    [0, started],
    [1, entered('look')],
    [5, entered('mend')],
    [11, entered('look')],
    [13, entered('look_again')],
    [20, finished],
  );
  const { phases, total } = phaseTimes(records);
  expect(phases).toEqual({ diagnose: 7_000, fix: 6_000, verify: 7_000 });
  expect(total).toBe(20_000);
});

test('the first decision is not that a read may run', () => {
  const run = [started, entered('look'), acted('continue')].map(
    (event, at) => [at, event] as const,
  );
  expect(phaseTimes(recorded(...run, [9, finished])).firstDecision).toBeUndefined();
  expect(phaseTimes(recorded(...run, [7, acted('retry')], [9, finished])).firstDecision).toBe(
    7_000,
  );
});
