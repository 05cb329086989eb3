import { describe, expect, test } from 'vitest';
import { delayOf, retriesAfter } from '#machine/context/retry.ts';
import type { Retry } from '#runbook/model/runbook.ts';
import { asked, executed, failure, stepping } from '../fixtures/orders-runbook.ts';

const COUNT = `
  - id: count
    effect: read
    sql: SELECT 1
    retry: { attempts: 3, delay: 1s, backoff: 2, max_delay: 10s, jitter: true, on: [timeout, refused] }
    next: [{ if: error.kind == "timeout", goto: slow }]
  - { id: after, manual: Look. }
  - { id: slow, manual: Look. }
`;

const RETRY: Retry = {
  attempts: 8,
  delayMs: 1_000,
  backoff: 2,
  maxDelayMs: 10_000,
  jitter: true,
  on: [],
};

describe('a failed read is tried again', () => {
  test('after a pause, as another attempt', () => {
    const run = stepping(COUNT);
    run.send(failure('timeout', { random: 0.5 }));
    expect(run.state).toBe('count.backing_off');
    expect(run.at.effects).toEqual([
      { type: 'arm', params: { step: 'count', for: 'retry', ms: 750, attempt: 2 } },
    ]);
    run.send({ type: 'TIMER' });
    expect(executed(run)).toMatchObject([{ attempt: 2 }]);
    run.rows({ x: 1 });
    expect(run.state).toBe('after.asking');
  });

  test('as often as it says, and then next decides', () => {
    const run = stepping(COUNT);
    for (let attempt = 1; attempt < 3; attempt += 1) {
      run.send(failure('timeout'));
      expect(run.state).toBe('count.backing_off');
      run.send({ type: 'TIMER' });
    }
    run.send(failure('timeout'));
    expect(run.state).toBe('slow.asking');
  });

  test('only for the kinds of failure that are named', () => {
    const run = stepping(COUNT);
    run.send(failure('no_permission'));
    expect(run.state).toBe('count.failed');
    expect(asked(run)).toMatchObject({ for: 'failure' });
  });

  test('anew when the operator says so', () => {
    const run = stepping(COUNT);
    run.send(failure('no_permission'));
    run.send({ type: 'RETRY' });
    expect(executed(run)).toMatchObject([{ attempt: 1 }]);
    run.send(failure('timeout'));
    expect(run.state).toBe('count.backing_off');
  });

  test('at once when the operator does not want to wait, or a later process goes on', () => {
    for (const event of [{ type: 'CONTINUE' }, { type: 'INTERRUPTED', started: false }] as const) {
      const run = stepping(COUNT);
      run.send(failure('timeout'));
      run.send(event);
      expect(executed(run)).toMatchObject([{ attempt: 2 }]);
    }
  });

  test('no longer when the operator stops the run in between', () => {
    const run = stepping(COUNT);
    run.send(failure('refused'));
    run.send({ type: 'STOP' });
    expect(run.state).toBe('count.failed');
    expect(asked(run)).toMatchObject({ for: 'failure', error: { kind: 'cancelled' } });
  });
});

describe('what is tried again', () => {
  test.each([
    ['any failure when none is named', RETRY, 'exit', 1, true],
    ['never one the operator caused', RETRY, 'cancelled', 1, false],
    ['never one that lies in the runbook', RETRY, 'unresolved', 1, false],
    ['only those named', { ...RETRY, on: ['timeout'] }, 'exit', 1, false],
    ['not after the last attempt', RETRY, 'exit', 8, false],
    ['nothing without a retry', undefined, 'exit', 1, false],
  ] as const)('%s', (_, retry, kind, attempt, expected) => {
    expect(retriesAfter(retry, { kind, message: '' }, attempt)).toBe(expected);
  });
});

describe('the pause between two attempts', () => {
  test('grows with each attempt up to the longest', () => {
    const pauses = [1, 2, 3, 4, 5, 6, 100].map((attempt) => delayOf(RETRY, attempt, 0));
    expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 10_000, 10_000, 10_000]);
  });

  test('is shortened at random by up to a half', () => {
    expect([0, 0.5, 0.999].map((random) => delayOf(RETRY, 2, random))).toEqual([
      2_000, 1_500, 1_001,
    ]);
  });

  test('is exact without jitter', () => {
    expect(delayOf({ ...RETRY, jitter: false }, 2, 0.9)).toBe(2_000);
  });

  test('stays the same with a backoff of one', () => {
    expect(delayOf({ ...RETRY, backoff: 1 }, 5, 0)).toBe(1_000);
  });
});
