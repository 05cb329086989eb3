import { describe, expect, test } from 'vitest';
import type { Stepper } from '../fixtures/compiled.ts';
import { asked, executed, failure, recorded, stepping } from '../fixtures/orders-runbook.ts';

const VERIFIED = `
  - id: change
    on: db
    sql: SELECT do_it()
    expect: result.rows.size() == 1
    verify: { sql: SELECT free, until: result.row.free >= inputs.least, within: 10s, every: 2s }
    next:
      - if: error.kind == "unexpected"
        goto: unexpected
      - goto: after
  - { id: after, manual: Look. }
  - { id: unexpected, manual: Look. }
`;

/** Stands where the change runs. */
function running(steps = VERIFIED): Stepper {
  const run = stepping(steps);
  const { digest = '' } = run.at.snapshot.context.visit.pending ?? {};
  run.send({ type: 'CONFIRM', digest, previewAgeMs: 0 });
  return run;
}

/** Stands where the change has succeeded and its verification runs. */
function verifying(): Stepper {
  const run = running();
  run.rows({ done: true });
  return run;
}

/** A check of the verification ended; `elapsedMs` since the first one began. */
function check(run: Stepper, free: number, elapsedMs: number): void {
  const result = { columns: ['free'], rows: [{ free }], row_count: 1 };
  run.send({ type: 'SUCCEEDED', result, at: '2026-01-01T00:00:02Z', elapsedMs });
}

const UNKNOWN = { type: 'UNKNOWN', error: { kind: 'reset', message: 'the line was cut' } } as const;

describe('a result that is not as expected is a failure', () => {
  test('of kind unexpected, which next can branch on with what came back', () => {
    const run = running();
    run.rows({ done: true }, { done: true });
    expect(run.state).toBe('unexpected.asking');
    expect(recorded(run, 'step.settled')).toMatchObject([
      {
        status: 'failed',
        error: { kind: 'unexpected', message: 'not as expected: result.rows.size() == 1' },
      },
    ]);
    expect(run.at.snapshot.context.steps.change).toMatchObject({
      status: 'failed',
      rows: [{ done: true }, { done: true }],
    });
  });

  test('also when that cannot be told', () => {
    const run = stepping(
      '  - { id: count, effect: read, sql: SELECT 1, expect: result.row.x > 1 }\n',
    );
    run.rows({ y: 1 });
    expect(asked(run)).toMatchObject({ for: 'failure', error: { kind: 'unexpected' } });
  });

  test('and is not verified', () => {
    const run = running();
    run.rows();
    expect(executed(run)).toEqual([]);
  });
});

describe('a verification is a read that is repeated', () => {
  test('until its condition is true', () => {
    const run = verifying();
    expect(executed(run)).toMatchObject([
      { part: 'verify', effect: 'read', action: { text: 'SELECT free', readOnly: true } },
    ]);
    check(run, 1, 0);
    expect(run.state).toBe('change.pausing');
    expect(run.at.effects).toMatchObject([{ type: 'arm', params: { for: 'verify', ms: 2_000 } }]);
    run.send({ type: 'TIMER' });
    check(run, 4, 2_000);
    expect(run.state).toBe('after.asking');
  });

  test('as long as there is time, then the step has failed', () => {
    const run = verifying();
    check(run, 1, 9_999);
    expect(run.state).toBe('change.pausing');
    run.send({ type: 'TIMER' });
    check(run, 1, 10_000);
    expect(run.state).toBe('change.failed');
    expect(asked(run)).toMatchObject({
      error: { kind: 'unverified', message: expect.stringContaining('result.row.free') },
    });
  });

  test('also after a check that failed, or cannot be told', () => {
    const run = verifying();
    run.send(failure('timeout', { elapsedMs: 1_000 }));
    expect(run.state).toBe('change.pausing');
    run.send({ type: 'TIMER' });
    run.rows({ other: 1 });
    expect(run.state).toBe('change.pausing');
  });

  test('the last check that failed says why: it could not be looked at', () => {
    const run = verifying();
    run.send(failure('reset', { elapsedMs: 10_000 }));
    expect(asked(run)).toMatchObject({
      for: 'failure',
      error: { kind: 'unchecked', message: 'it is reset' },
    });
  });

  test('a check that the operator ended says nothing either', () => {
    const run = verifying();
    run.send(failure('cancelled', { elapsedMs: 10_000 }));
    expect(asked(run)).toMatchObject({ for: 'failure', error: { kind: 'unchecked' } });
  });

  test('at once when the operator does not want to wait', () => {
    const run = verifying();
    check(run, 1, 0);
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('change.verifying');
  });

  test('and leaves the result of the action as it was', () => {
    const run = verifying();
    check(run, 9, 0);
    expect(run.at.snapshot.context.steps.change).toMatchObject({ rows: [{ done: true }] });
  });

  test('the failed step can be tried again, through its gate', () => {
    const run = verifying();
    check(run, 1, 10_000);
    run.send({ type: 'RETRY' });
    expect(run.state).toBe('change.gate');
  });
});

describe('a change whose outcome is not known', () => {
  test('is neither a success nor a failure: the operator is asked', () => {
    const run = running();
    run.send(UNKNOWN);
    expect(run.state).toBe('change.unknown');
    expect(asked(run)).toMatchObject({ for: 'unknown', error: UNKNOWN.error });
    expect(recorded(run, 'step.settled')).toEqual([]);
  });

  test('is what a process that died while it ran leaves behind', () => {
    const run = running();
    run.send({ type: 'INTERRUPTED', started: true });
    expect(run.state).toBe('change.unknown');
  });

  test('is nothing when it had not been started: the gate is put again', () => {
    const run = running();
    run.send({ type: 'INTERRUPTED', started: false });
    expect(run.state).toBe('change.gate');
  });

  test('can be checked by its verification', () => {
    const run = running();
    run.send(UNKNOWN);
    run.send({ type: 'RECHECK' });
    expect(executed(run)).toMatchObject([{ part: 'verify' }]);
    check(run, 9, 0);
    expect(run.state).toBe('after.asking');
  });

  test.each([
    ['its condition stays false', (run: Stepper) => check(run, 1, 10_000)],
    ['the check fails', (run: Stepper) => run.send(failure('timeout', { elapsedMs: 10_000 }))],
    ['the check itself is lost', (run: Stepper) => run.send(UNKNOWN)],
  ])('is still not known when %s', (_, end) => {
    const run = running();
    run.send(UNKNOWN);
    run.send({ type: 'RECHECK' });
    end(run);
    expect(run.state).toBe('change.unknown');
  });

  test('is still not known when the operator stops between two checks', () => {
    const run = running();
    run.send(UNKNOWN);
    run.send({ type: 'RECHECK' });
    check(run, 1, 0);
    run.send({ type: 'STOP' });
    expect(run.state).toBe('change.unknown');
  });

  test('can be run again, through a new gate', () => {
    const run = running();
    run.send(UNKNOWN);
    run.send({ type: 'RETRY' });
    expect(run.state).toBe('change.gate');
    expect(executed(run)).toEqual([]);
  });

  test('can be marked done, with evidence, or skipped', () => {
    const done = running();
    done.send(UNKNOWN);
    done.send({ type: 'MARK_DONE', evidence: 'seen in the log' });
    expect(recorded(done, 'step.settled')).toMatchObject([{ status: 'done-by-hand' }]);
    expect(done.state).toBe('after.asking');
    const skipped = running();
    skipped.send(UNKNOWN);
    skipped.send({ type: 'SKIP', reason: 'it does not matter' });
    expect(skipped.state).toBe('after.asking');
  });

  test('cannot be checked without a verification', () => {
    const run = running('  - { id: change, sql: SELECT do_it() }\n');
    run.send(UNKNOWN);
    expect(asked(run)).toMatchObject({ for: 'unknown' });
    run.send({ type: 'RECHECK' });
    expect(run.state).toBe('change.unknown');
  });
});

describe('a read whose outcome is not known', () => {
  const READ = '  - { id: count, effect: read, sql: SELECT 1 }\n';

  test('has failed: nothing was changed', () => {
    const run = stepping(READ);
    run.send(UNKNOWN);
    expect(run.state).toBe('count.failed');
  });

  test('is read again by a later process', () => {
    const run = stepping(READ);
    run.send({ type: 'INTERRUPTED', started: true });
    expect(executed(run)).toMatchObject([{ part: 'action', effect: 'read' }]);
  });
});
