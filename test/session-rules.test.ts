import { describe, expect, test } from 'vitest';
import type { RunEvent } from '../src/events/event.ts';
import { foldEvents } from '../src/events/fold.ts';
import type { Advance } from '../src/machine/advance.ts';
import type { Execute } from '../src/machine/effect.ts';
import { answered, refuseUnconfirmed } from '../src/run/confirmation.ts';
import { isDurable } from '../src/run/durable.ts';
import { Stopwatch } from '../src/run/stopwatch.ts';
import { scheduleTimer, Timers } from '../src/run/timers.ts';
import { gate, recorded, stepping } from './fixtures/orders-runbook.ts';
import { RUN_STARTED } from './fixtures/pool-exhausted-steps.ts';

const CHANGE = '  - { id: one, on: db, effect: change, sql: SELECT do_it() }\n';

const CONFIRMED = {
  type: 'gate.answered',
  step: 'one',
  answer: 'confirmed',
  operator: 'ada',
} as const;

describe('a confirmation', () => {
  test('that opens its gate is recorded as it is, and lets the change start', () => {
    const run = stepping(CHANGE);
    const digest = gate(run)?.digest ?? '';
    run.send({ type: 'CONFIRM', digest });
    const event = { ...CONFIRMED, digest };
    expect(answered(event, run.at)).toEqual(event);
    expect(() => refuseUnconfirmed(event, run.at)).not.toThrow();
  });

  test('that does not open it is recorded as refused, with the reason', () => {
    const run = stepping(CHANGE);
    run.send({ type: 'CONFIRM', digest: 'another' });
    const [refused] = recorded(run, 'refused');
    expect(refused?.reason).toMatch(/\w/);
    const event = { ...CONFIRMED, digest: 'another' };
    expect(answered(event, run.at)).toEqual({
      ...event,
      answer: 'refused',
      reason: refused?.reason,
    });
  });

  test('that leads nowhere is refused all the same', () => {
    const event = { ...CONFIRMED, digest: 'x' };
    const nowhere: Advance = { ...stepping(CHANGE).at, effects: [] };
    expect(answered(event, nowhere)).toMatchObject({
      answer: 'refused',
      reason: 'it was not possible',
    });
  });

  test('in a dry run is recorded as simulated', () => {
    const run = stepping(CHANGE, {}, { mode: 'dry-run' });
    expect(recorded(run, 'settled')).toMatchObject([{ status: 'simulated' }]);
    expect(answered({ ...CONFIRMED, digest: 'x' }, run.at)).toMatchObject({ answer: 'simulated' });
  });

  test('and no other answer is judged', () => {
    const declined: RunEvent = { ...CONFIRMED, answer: 'declined', digest: 'x' };
    const nowhere: Advance = { ...stepping(CHANGE).at, effects: [] };
    expect(answered(declined, nowhere)).toBe(declined);
    const noted: RunEvent = { type: 'operator.noted', operator: 'ada', text: 'x' };
    expect(answered(noted, nowhere)).toBe(noted);
  });

  test.each([
    ['of another digest', { ...CONFIRMED, digest: 'another' }],
    ['that is none', { type: 'operator.noted', operator: 'ada', text: 'x' }],
  ] as const)('%s starts no change, whatever the machine says', (_, event) => {
    const run = stepping(CHANGE);
    run.send({ type: 'CONFIRM', digest: gate(run)?.digest ?? '' });
    expect(() => refuseUnconfirmed(event, run.at)).toThrow(
      'the change of step one was not confirmed',
    );
  });
});

const ROWS = `
  - id: one
    on: db
    effect: change
    preview: { sql: SELECT id FROM orders }
    sql: SELECT do_it(id) FROM orders WHERE (id) IN (\${{ preview.rows }})
`;

describe('a confirmation of rows that are read again', () => {
  const reread = {
    type: 'step.finished',
    step: 'one',
    part: 'recheck',
    visit: 1,
    attempt: 1,
    status: 'succeeded',
    ms: 1,
    outputs: [],
  } as const;

  /** Stands where the rows have been read again, with what was confirmed. */
  function reachesChange(): { readonly at: Advance; readonly digest: string } {
    const run = stepping(ROWS);
    run.rows({ id: 1 });
    const { digest = '' } = gate(run) ?? {};
    const event = { ...CONFIRMED, digest };
    run.send({ type: 'CONFIRM', digest, previewAgeMs: 0 });
    expect(answered(event, run.at)).toEqual(event);
    run.rows({ id: 1 });
    return { at: run.at, digest };
  }

  test('lets the change start when the record holds it', () => {
    const { at, digest } = reachesChange();
    expect(() => refuseUnconfirmed(reread, at, { step: 'one', digest })).not.toThrow();
  });

  test.each([
    ['the record holds none', reread, () => undefined],
    ['it is of another digest', reread, () => ({ step: 'one', digest: 'another' })],
    ['it is of another step', reread, (digest: string) => ({ step: 'two', digest })],
    [
      'another step was read again',
      { ...reread, step: 'two' },
      (digest: string) => ({ step: 'two', digest }),
    ],
    [
      'something else was read',
      { ...reread, part: 'verify' },
      (digest: string) => ({ step: 'one', digest }),
    ],
    [
      'nothing was read',
      { type: 'operator.noted', operator: 'ada', text: 'x' },
      (digest: string) => ({ step: 'one', digest }),
    ],
  ] as const)('starts no change when %s', (_, event, given) => {
    const { at, digest } = reachesChange();
    expect(() => refuseUnconfirmed(event, at, given(digest))).toThrow(
      'the change of step one was not confirmed',
    );
  });

  test('given at the gate of another step starts no change', () => {
    const run = stepping(CHANGE);
    const { digest = '' } = gate(run) ?? {};
    run.send({ type: 'CONFIRM', digest });
    expect(() => refuseUnconfirmed({ ...CONFIRMED, step: 'two', digest }, run.at)).toThrow(
      'was not confirmed',
    );
  });
});

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
    ['the answer to a gate', { ...CONFIRMED, digest: 'x' }, shown, true],
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
    ['not a note', { type: 'operator.noted', operator: 'ada', text: 'x' }, shown, false],
  ];
  test.each(cases)('%s', (_, event, before, expected) => {
    expect(isDurable(event, before)).toBe(expected);
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
});
