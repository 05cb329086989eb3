import { describe, expect, test } from 'vitest';
import type { Stepper } from '../fixtures/compiled.ts';
import { asked, executed, failure, recorded, stepping } from '../fixtures/orders-runbook.ts';

const BOTH = `
  - id: look
    parallel:
      - { id: slots, on: db, sql: SELECT 5 AS used, expect: result.row.used < 9 }
      - { id: locks, on: db, sql: SELECT 1 AS held }
      - { id: extra, on: db, sql: SELECT 1, if: '!inputs.go' }
    next:
      - if: steps.slots.row.used > 4 && steps.locks.row.held == 1
        goto: both
  - { id: neither, manual: No. }
  - { id: both, manual: Yes. }
`;

function ended(run: Stepper, step: string, row: Record<string, number>) {
  const result = { columns: Object.keys(row), rows: [row], row_count: 1 };
  run.send({ type: 'SUCCEEDED', result, at: '2026-01-01T00:00:01Z', elapsedMs: 0, step });
}

describe('reads side by side', () => {
  test('start together, each a step of its own, and are decided on together', () => {
    const run = stepping(BOTH);
    expect(recorded(run, 'step.entered').map(({ step }) => step)).toEqual([
      'look',
      'slots',
      'locks',
      'extra',
    ]);
    expect(recorded(run, 'step.skipped')).toMatchObject([{ step: 'extra', by: 'condition' }]);
    expect(executed(run).map(({ step }) => step)).toEqual(['slots', 'locks']);
    ended(run, 'locks', { held: 1 });
    expect(recorded(run, 'step.settled')).toMatchObject([{ step: 'locks', status: 'succeeded' }]);
    ended(run, 'slots', { used: 5 });
    expect(recorded(run, 'step.settled').map(({ step }) => step)).toEqual(['slots', 'look']);
    expect(run.state).toBe('both.asking');
  });

  test('fail together when one does, and only that one is tried again', () => {
    const run = stepping(BOTH);
    run.send({ ...failure('timeout'), step: 'slots' });
    expect(asked(run)).toBeUndefined();
    ended(run, 'locks', { held: 1 });
    expect(asked(run)).toMatchObject({
      step: 'look',
      for: 'failure',
      error: { kind: 'timeout', message: '1 of 3 failed: slots (timeout)' },
    });
    run.send({ type: 'RETRY' });
    expect(executed(run).map(({ step }) => step)).toEqual(['slots']);
    ended(run, 'slots', { used: 6 });
    expect(run.state).toBe('both.asking');
  });

  test('that fail are all named, and one that is passed over is known as that', () => {
    const run = stepping(BOTH);
    run.send({ ...failure('timeout'), step: 'slots' });
    run.send({ ...failure('refused'), step: 'locks' });
    expect(asked(run)).toMatchObject({
      error: { kind: 'timeout', message: '2 of 3 failed: slots (timeout), locks (refused)' },
    });
    expect(run.at.snapshot.context.steps.extra).toMatchObject({ status: 'skipped' });
  });

  test('an expectation that is not met fails its branch', () => {
    const run = stepping(BOTH);
    ended(run, 'slots', { used: 9 });
    ended(run, 'locks', { held: 1 });
    expect(asked(run)).toMatchObject({ error: { kind: 'unexpected' } });
  });

  test('a condition that cannot be told fails its branch, so that the operator is asked', () => {
    const run = stepping(`
  - { id: first, if: '!inputs.go', effect: read, sql: SELECT 1 }
${BOTH.replace("'!inputs.go'", 'steps.first.row.x > 1')}`);
    expect(run.at.snapshot.context.steps.extra).toMatchObject({
      status: 'failed',
      error: {
        kind: 'unresolved',
        message: expect.stringContaining('cannot tell whether to run it: steps.first.row.x > 1'),
      },
    });
    ended(run, 'slots', { used: 5 });
    ended(run, 'locks', { held: 1 });
    expect(asked(run)).toMatchObject({
      for: 'failure',
      error: { kind: 'unresolved', message: '1 of 3 failed: extra (unresolved)' },
    });
  });

  test('nothing passes them while they run, and a stop waits for all', () => {
    const run = stepping(BOTH);
    run.send({ type: 'JUMP.neither' });
    run.send({ type: 'ABORT', reason: 'now' });
    expect(run.state).toContain('look.together');
    run.send({ type: 'STOP' });
    ended(run, 'slots', { used: 5 });
    ended(run, 'locks', { held: 1 });
    expect(asked(run)).toMatchObject({ step: 'look', for: 'stopped' });
  });

  test('a later process reads again what had not ended, and nothing else', () => {
    const run = stepping(BOTH);
    ended(run, 'locks', { held: 1 });
    run.send({ type: 'INTERRUPTED', started: true });
    expect(executed(run).map(({ step }) => step)).toEqual(['slots']);
  });

  test('a second visit runs all of them again', () => {
    const run = stepping(BOTH);
    ended(run, 'slots', { used: 5 });
    ended(run, 'locks', { held: 1 });
    run.send({ type: 'JUMP.slots' });
    expect(executed(run).map(({ step }) => step)).toEqual(['slots', 'locks']);
  });

  test('an end without the name of its step moves none of them', () => {
    const run = stepping(BOTH);
    run.rows({ used: 5 });
    expect(run.state).toContain('slots.running locks.running');
  });
});
