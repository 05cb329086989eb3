import { describe, expect, test } from 'vitest';
import type { RunEvent } from '#events/log/event.ts';
import { foldEvents } from '#events/view/fold.ts';
import type { Execute } from '#machine/effect.ts';
import { isDurable } from '#run/session/recorder.ts';
import { Stopwatch } from '#run/session/stopwatch.ts';
import { scheduleTimer, Timers } from '#run/session/timers.ts';
import { RUN_STARTED } from '../../fixtures/pool-exhausted-steps.ts';

describe('on the disk before the run goes on', () => {
  const view = foldEvents([{ seq: 1, at: '2026-01-01T00:00:00Z', event: RUN_STARTED }]);
  if (view === undefined) throw new Error('there is no view');
  const shown = {
    ...view,
    steps: view.steps.map((step) => ({ ...step, effect: 'read' as const })),
  };
  const first = shown.steps[0]?.id ?? '';
  const changed = {
    ...shown,
    steps: shown.steps.map((step) => ({ ...step, effect: 'change' as const })),
  };
  const about = { step: first, visit: 1, attempt: 1 } as const;
  const ended = {
    ...about,
    type: 'step.finished',
    status: 'succeeded',
    ms: 1,
    outputs: [],
  } as const;
  const action = { kind: 'shell' } as never;
  const cases: readonly (readonly [string, RunEvent, typeof view, boolean])[] = [
    [
      'the answer to a gate',
      { type: 'gate.answered', step: 'one', answer: 'confirmed', operator: 'ada', digest: 'x' },
      shown,
      true,
    ],
    [
      'the start of a change',
      { ...about, type: 'step.started', part: 'action', effect: 'change', action },
      shown,
      true,
    ],
    [
      'the start of a destructive action',
      { ...about, type: 'step.started', part: 'action', effect: 'destructive', action },
      shown,
      true,
    ],
    [
      'not the start of a read',
      { ...about, type: 'step.started', part: 'action', effect: 'read', action },
      shown,
      false,
    ],
    ['the end of a change', { ...ended, part: 'action' }, changed, true],
    ['not the end of a read', { ...ended, part: 'action' }, shown, false],
    ['the end of an undo', { ...ended, part: 'undo' }, shown, true],
    ['not the end of a preview', { ...ended, part: 'preview' }, changed, false],
    [
      'the end of what nobody expected',
      { ...ended, part: 'preview', unexpected: true },
      shown,
      true,
    ],
    ['a pause', { type: 'run.paused', reason: 'x' }, shown, true],
    ['the end of the run', { type: 'run.finished', outcome: 'resolved', summary: '' }, shown, true],
    [
      'who goes on',
      { type: 'run.resumed', operator: 'a', host: 'h', pid: 1, program: 'p' },
      shown,
      true,
    ],
    ['the end of what is no step', { ...ended, step: 'gone', part: 'action' }, shown, true],
    ['not a note', { type: 'operator.noted', operator: 'ada', text: 'x' }, shown, false],
  ];
  test.each(cases)('%s', (_, event, before, expected) => {
    expect(isDurable(event, before)).toBe(expected);
  });

  test('the end of the one change among reads, and of a command that changes', () => {
    const last = shown.steps.at(-1)?.id ?? '';
    const mixed = {
      ...shown,
      steps: shown.steps.map((step) =>
        step.id === last ? { ...step, effect: 'change' as const } : step,
      ),
    };
    const isSynced = (step: string, before: typeof view = mixed) =>
      isDurable({ ...ended, step, part: 'action' }, before);
    expect([first, last].map((step) => isSynced(step))).toEqual([false, true]);
    const [any] = shown.steps;
    const adhoc = any === undefined ? [] : [{ ...any, id: '!1' }];
    expect(isSynced('!1', { ...mixed, adhoc: adhoc as never })).toBe(false);
  });
});

describe('a pause', () => {
  /** Pauses that a test ends, and those that were given up. */
  function pauses() {
    const pending = new Set<() => void>();
    const timers = new Timers((_, onOver) => {
      pending.add(onOver);
      return () => pending.delete(onOver);
    });
    return { timers, pending };
  }

  const at = (value: string) => ({ value }) as never;

  test('is cancelled once', () => {
    let cancelled = 0;
    const timers = new Timers(() => () => {
      cancelled += 1;
    });
    timers.arm('a', 1, () => undefined);
    timers.forget('a');
    timers.forget('a');
    timers.clear();
    expect(cancelled).toBe(1);
  });

  test('of another step goes on while a step ends', () => {
    const { timers, pending } = pauses();
    timers.arm('a', 1, () => undefined);
    timers.arm('b', 1, () => undefined);
    const ended: RunEvent = {
      ...{ type: 'step.finished', step: 'b', visit: 1, part: 'verify', attempt: 1 },
      ...{ status: 'succeeded', ms: 1, outputs: [] },
    };
    timers.moved(ended, at('x'), at('y'));
    expect(pending.size).toBe(1);
  });

  test('that is armed again replaces the one before', () => {
    const { timers, pending } = pauses();
    timers.arm('a', 1, () => undefined);
    timers.arm('a', 1, () => undefined);
    timers.arm('b', 1, () => undefined);
    expect(pending.size).toBe(2);
    timers.forget('a');
    timers.forget('a');
    expect(pending.size).toBe(1);
    timers.clear();
    expect(pending.size).toBe(0);
  });

  test('ends with what happened to its own step, and with all that the operator does', () => {
    const { timers, pending } = pauses();
    const arm = () => {
      timers.arm('a', 1, () => undefined);
      timers.arm('a 2', 1, () => undefined);
      timers.arm('b', 1, () => undefined);
    };
    arm();
    timers.moved({ type: 'timer.fired', step: 'b' }, at('x'), at('y'));
    expect(pending.size).toBe(2);
    const item = { index: 2, count: 3, label: '' };
    timers.moved({ type: 'timer.fired', step: 'a', item }, at('x'), at('y'));
    expect(pending.size).toBe(1);
    const noted: RunEvent = { type: 'operator.noted', operator: 'ada', text: 'x' };
    timers.moved(noted, at('x'), at('x'));
    expect(pending.size).toBe(1);
    timers.moved(noted, at('x'), at('y'));
    expect(pending.size).toBe(0);
  });

  test('is over after its time, and never once it was given up', async () => {
    const over = await new Promise((resolve) => {
      const giveUp = scheduleTimer(1, () => resolve('given up'));
      giveUp();
      scheduleTimer(5, () => resolve('over'));
    });
    expect(over).toBe('over');
  });
});

describe('the time of a verification', () => {
  const look = (more: Partial<Execute>): Execute => ({
    ...{ step: 'a', part: 'verify', visit: 1, attempt: 1, effect: 'read' },
    ...{ action: { unresolved: '' }, digest: undefined, item: undefined, isFirstLook: false },
    ...more,
  });

  test('counts from its first look, over all that follow', () => {
    let now = 0;
    const watch = new Stopwatch(() => now);
    const times = [
      look({ isFirstLook: true }),
      look({}),
      look({ item: { index: 1, count: 2, label: '' } }),
      look({ visit: 2 }),
      look({ visit: 2 }),
      look({ visit: 2, isFirstLook: true }),
      look({ visit: 2, part: 'action' }),
      look({ visit: 2 }),
    ].map((one) => {
      now += 10;
      const elapsed = watch.start(one);
      now += 0.4;
      return elapsed();
    });
    expect(times).toEqual([0, 11, 0, 0, 11, 0, 0, 0]);
  });

  test('is that of its own item', () => {
    let now = 0;
    const watch = new Stopwatch(() => now);
    const item = (index: number) => ({ item: { index, count: 2, label: '' } });
    watch.start(look({ ...item(1), isFirstLook: true }));
    now += 10;
    watch.start(look({ ...item(2), isFirstLook: true }));
    now += 10;
    expect([1, 2].map((index) => watch.start(look(item(index)))())).toEqual([20, 10]);
    expect(watch.start(look({ ...item(1), step: 'b' }))()).toBe(0);
  });
});
