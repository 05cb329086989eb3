import { describe, expect, test } from 'vitest';
import type { Stepper } from '../fixtures/compiled.ts';
import { asked, executed, failure, recorded, stepping } from '../fixtures/orders-runbook.ts';

const AFTER = '  - { id: after, effect: read, sql: SELECT 9 }\n';
const READ = `
  - { id: one, effect: read, sql: SELECT 1, verify: { sql: SELECT 2, until: result.row.ok, within: 10s, every: 3s } }
${AFTER}`;
const CHANGE = READ.replace('effect: read', 'on: db, effect: change');
const RETRIED = `
  - { id: one, effect: read, sql: SELECT 1, retry: { attempts: 3, delay: 1s } }
${AFTER}`;
const WAIT = `
  - { id: one, wait: { until: result.row.ok, sql: SELECT 1, within: 10s, every: 3s } }
${AFTER}`;
const LOST = { type: 'UNKNOWN', error: { kind: 'reset', message: 'the line was cut' } } as const;

function look(ok: boolean, elapsedMs: number) {
  const result = { columns: ['ok'], rows: [{ ok }], row_count: 1 };
  return { type: 'SUCCEEDED', result, at: '', elapsedMs } as const;
}

/** Stands where the first look at what an action did is taken. */
function verifying(steps: string): Stepper {
  const run = stepping(steps);
  if (run.state === 'one.gate')
    run.send({ type: 'CONFIRM', digest: run.at.snapshot.context.visit.pending?.digest ?? '' });
  run.rows({ n: 1 });
  expect(run.state).toBe('one.verifying');
  return run;
}

describe.each([
  ['a read', READ],
  ['a change', CHANGE],
])('the check of %s', (_, steps) => {
  test('pauses between two looks, for as long as it says', () => {
    const run = verifying(steps);
    run.send(look(false, 0));
    expect(run.at.effects).toMatchObject([
      { type: 'arm', params: { step: 'one', for: 'verify', ms: 3_000, attempt: 1 } },
    ]);
    for (const event of [{ type: 'CONTINUE' }, { type: 'TIMER' }] as const) {
      expect(run.state).toBe('one.pausing');
      run.send(event);
      expect(executed(run)).toMatchObject([{ part: 'verify' }]);
      run.send(look(false, 0));
    }
    run.send({ type: 'INTERRUPTED', started: false });
    expect(executed(run)).toMatchObject([{ part: 'verify' }]);
    run.send({ type: 'INTERRUPTED', started: true });
    expect(executed(run)).toMatchObject([{ part: 'verify' }]);
  });

  test('that is lost fails the step with what happened to it', () => {
    const run = verifying(steps);
    run.send(LOST);
    expect(run.state).toBe('one.failed');
    const error = { ...LOST.error, kind: 'unchecked' };
    expect(asked(run)).toMatchObject({ for: 'failure', error });
  });

  test('that answers by failing leaves the step unverified, and says how it failed', () => {
    const run = verifying(steps);
    const found = { failed_stage: 'auth' };
    const refused = { kind: 'too_many_connections', message: 'full', phase: 'auth' } as const;
    run.send({ ...failure('auth', { elapsedMs: 10_000 }), error: refused, result: found });
    expect(asked(run)).toMatchObject({
      error: { kind: 'unverified', message: 'full', phase: 'auth', begun: true },
    });
    // What the action returned stays the result of the step.
    expect(run.at.snapshot.context.visit.result).not.toEqual(found);
  });

  test('that is stopped has answered nothing, whatever it had found', () => {
    const run = verifying(steps);
    run.send({ ...failure('cancelled', { elapsedMs: 10_000 }), result: { failed_stage: 'auth' } });
    expect(asked(run)).toMatchObject({ error: { kind: 'unchecked' } });
  });

  test('ends with the look that is taken when the run is to stop', () => {
    const run = verifying(steps);
    run.send({ type: 'STOP' });
    run.send(look(false, 0));
    expect(asked(run)).toMatchObject({
      for: 'failure',
      error: { kind: 'unchecked', message: 'stopped before it was verified' },
    });
    const good = verifying(steps);
    good.send({ type: 'STOP' });
    good.send(look(true, 0));
    expect(asked(good)).toMatchObject({ for: 'stopped' });
  });

  test('ends between two looks when the run is to stop', () => {
    const run = verifying(steps);
    run.send(look(false, 0));
    run.send({ type: 'STOP' });
    expect(run.at.snapshot.context.stopping).toBe(true);
    expect(asked(run)).toMatchObject({
      for: 'failure',
      error: { kind: 'unchecked', message: 'stopped before it was verified' },
    });
  });

  test('says what was not verified in time', () => {
    const run = verifying(steps);
    run.send(look(false, 10_000));
    expect(asked(run)).toMatchObject({
      error: { kind: 'unverified', message: 'not verified in time: result.row.ok' },
    });
  });

  test('that fails with time left is taken again, and not when the run is to stop', () => {
    const run = verifying(steps);
    run.send(failure('timeout', { elapsedMs: 9_999 }));
    expect(run.state).toBe('one.pausing');
    const stopped = verifying(steps);
    stopped.send({ type: 'STOP' });
    stopped.send(failure('timeout', { elapsedMs: 1 }));
    expect(asked(stopped)).toMatchObject({
      for: 'failure',
      error: { kind: 'unchecked', message: 'it is timeout' },
    });
  });
});

test('a change whose check was told to stop while its outcome is unknown stays unknown', () => {
  const run = stepping(CHANGE);
  run.send({ type: 'CONFIRM', digest: run.at.snapshot.context.visit.pending?.digest ?? '' });
  run.send(LOST);
  run.send({ type: 'RECHECK' });
  run.send(look(false, 0));
  run.send({ type: 'STOP' });
  expect(run.state).toBe('one.unknown');
  expect(run.at.snapshot.context.stopping).toBe(true);
});

describe('a read that is tried again', () => {
  test('is not when the run is to stop', () => {
    const run = stepping(RETRIED);
    run.send({ type: 'STOP' });
    run.send(failure('timeout'));
    expect(asked(run)).toMatchObject({ for: 'failure', error: { kind: 'timeout' } });
  });

  test('ends between two attempts when the run is to stop', () => {
    const run = stepping(RETRIED);
    run.send(failure('timeout'));
    run.send({ type: 'STOP' });
    expect(run.at.snapshot.context.stopping).toBe(true);
    expect(asked(run)).toMatchObject({
      error: { kind: 'cancelled', message: 'stopped before the next attempt' },
    });
  });

  test('waits longer each time', () => {
    const run = stepping(RETRIED);
    for (const [ms, attempt] of [
      [1_000, 2],
      [2_000, 3],
    ] as const) {
      run.send(failure('timeout'));
      expect(run.at.effects).toMatchObject([{ type: 'arm', params: { ms, attempt } }]);
      run.send({ type: 'TIMER' });
      expect(executed(run)).toMatchObject([{ attempt, isFirstLook: false }]);
    }
  });

  test.each([{ type: 'RETRY' }, { type: 'EDIT', inputs: {}, targets: {} }] as const)(
    'as often as it says is begun anew by the operator: $type',
    (event) => {
      const run = stepping(RETRIED);
      for (let attempt = 1; attempt < 3; attempt += 1) {
        run.send(failure('timeout'));
        run.send({ type: 'TIMER' });
      }
      run.send(failure('timeout'));
      expect(run.state).toBe('one.failed');
      run.send(event);
      expect(executed(run)).toMatchObject([{ attempt: 1, isFirstLook: false }]);
      run.send(failure('timeout'));
      expect(run.state).toBe('one.backing_off');
    },
  );

  test('that fails says why, with what came back', () => {
    const run = stepping(AFTER);
    const result = { columns: ['n'], rows: [{ n: 1 }], row_count: 1 };
    run.send({ ...failure('exit'), result });
    expect(asked(run)).toMatchObject({ for: 'failure', error: { kind: 'exit' } });
    expect(run.at.snapshot.context.steps.after).toMatchObject({ status: 'failed', row: { n: 1 } });
    const lost = stepping(AFTER);
    lost.send(LOST);
    expect(asked(lost)).toMatchObject({ for: 'failure', error: LOST.error });
  });
});

describe('a wait until something is true', () => {
  test('looks first, and then looks again', () => {
    const run = stepping(WAIT);
    expect(executed(run)).toMatchObject([{ part: 'verify', isFirstLook: true }]);
    run.send(look(false, 1_000));
    run.send({ type: 'TIMER' });
    expect(executed(run)).toMatchObject([{ isFirstLook: false, attempt: 2 }]);
    run.send(failure('timeout', { elapsedMs: 5_000 }));
    run.send({ type: 'CONTINUE' });
    expect(executed(run)).toMatchObject([{ attempt: 3 }]);
  });

  test('that is lost fails with what happened to it', () => {
    const run = stepping(WAIT);
    run.send(LOST);
    expect(asked(run)).toMatchObject({ for: 'failure', error: LOST.error });
  });

  test.each([
    ['in a look', (run: Stepper) => run.send({ type: 'STOP' }), look(false, 1_000)],
    ['between two', (run: Stepper) => run.send(look(false, 1_000)), { type: 'STOP' }],
  ] as const)('ends %s when the run is to stop', (_, begin, event) => {
    const run = stepping(WAIT);
    begin(run);
    run.send(event);
    expect(run.at.snapshot.context.stopping).toBe(true);
    expect(asked(run)).toMatchObject({
      for: 'failure',
      error: { kind: 'cancelled', message: 'stopped before it was true' },
    });
    expect(run.at.snapshot.context.steps.one).toMatchObject({ row: { ok: false }, ms: 1_000 });
  });

  test('that is over in time has what it saw last, also when it is too late', () => {
    const run = stepping(WAIT);
    run.send(look(false, 10_000));
    expect(run.at.snapshot.context.steps.one).toMatchObject({ row: { ok: false }, ms: 10_000 });
    expect(recorded(run, 'step.settled')).toMatchObject([
      { error: { kind: 'timeout', message: 'not true in time: result.row.ok' } },
    ]);
  });

  test('goes on in order when it was true', () => {
    const run = stepping(WAIT);
    run.send(failure('timeout', { elapsedMs: 1_000 }));
    run.send({ type: 'TIMER' });
    run.send(look(true, 2_000));
    expect(recorded(run, 'step.settled')).toEqual([
      { type: 'step.settled', step: expect.any(String), status: 'succeeded' },
    ]);
    expect(run.state).toBe('after.running');
  });
});

describe('a pause', () => {
  const PAUSE = `  - { id: one, wait: 5s }\n${AFTER}`;

  test.each([failure('cancelled'), LOST])('that fails says why: $type', (event) => {
    const run = stepping(PAUSE);
    run.send(event);
    expect(asked(run)).toMatchObject({ for: 'failure', error: event.error });
  });

  test('is passed in a dry run, and what it waits for is looked at', () => {
    expect(stepping(PAUSE, {}, { mode: 'dry-run' }).state).toBe('after.running');
    expect(stepping(WAIT, {}, { mode: 'dry-run' }).state).toBe('one.looking');
  });
});
