import { expect, test } from 'vitest';
import type { StepLimits } from '#events/log/event.ts';
import type { EventLog } from '../fixtures/event-log.ts';
import { frameOf } from '../fixtures/frame.tsx';
import * as story from '../fixtures/pool-exhausted-log.ts';
import * as questions from '../fixtures/question-log.ts';
import * as troubles from '../fixtures/trouble-log.ts';

/** The log of a run in which a step has limits. */
function limited(log: EventLog, id: string, limits: StepLimits): EventLog {
  const events = log.events.map((record) => {
    if (record.event.type !== 'run.started') return record;
    const steps = record.event.steps.map((step) => (step.id === id ? { ...step, limits } : step));
    return { ...record, event: { ...record.event, steps } };
  });
  return { ...log, events };
}

test('a retry says which attempt of how many comes next, and in how long', () => {
  const log = limited(troubles.retrying, 'holders', { attempts: 3 });
  expect(frameOf(log, { later: 500 })).toContain('attempt 2 of 3 in 2 s');
});

test('a verification says until what it looks, for how long, and what it saw last', () => {
  const limits = { until: 'result.row.free >= 20', withinMs: 60_000 };
  const frame = frameOf(limited(story.verifying, 'terminate_idle', limits));
  expect(frame).toMatch(/until result\.row\.free >= 20 · 0 s of 1 min at most/);
  expect(frame).toMatch(/check 2 in 2 s\n.*free\n.* 4$/m);
});

test('what runs long says how long it may', () => {
  const log = limited(questions.runningShell, 'app_log', { timeoutMs: 30_000 });
  expect(frameOf(log, { later: 12_000 })).toMatch(/application say\? ─+ 12 s of 30 s ──$/m);
});

test('a wait says how long it still takes', () => {
  const log = limited(questions.runningShell, 'app_log', { pauseMs: 600_000 });
  expect(frameOf(log, { later: 19_000 })).toContain('9 min 41 s left');
});

test('a step that is repeated says at which item it is, of how many', () => {
  const item = (index: number) => ({ index, count: 3, label: `db${index}` });
  const step = 'app_log';
  const second = questions.runningShell.add(
    { type: 'item.entered', step, item: item(1) },
    { type: 'item.settled', step, item: item(1), status: 'succeeded' },
    { type: 'item.entered', step, item: item(2) },
  );
  expect(frameOf(second, { columns: 120 })).toMatch(/▶ What does the application say\? 2\/3 /);
  const over = second.add({ type: 'step.settled', step, status: 'succeeded' });
  expect(frameOf(over, { columns: 120 })).not.toContain('2/3');
});
