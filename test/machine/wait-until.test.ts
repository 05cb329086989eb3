import { describe, expect, test } from 'vitest';
import { asked, executed, failure, recorded, stepping } from '../fixtures/orders-runbook.ts';

const CALM = `
  - id: calm
    on: db
    wait: { until: result.row.waiting < inputs.least, sql: SELECT count(*) AS waiting, within: 1m, every: 5s, timeout: 3s }
  - { id: after, manual: 'Calm after \${{ steps.calm.ms }} ms.' }
`;

function look(waiting: number | null, elapsedMs: number) {
  const rows = waiting === null ? [] : [{ waiting }];
  const result = { columns: ['waiting'], rows, row_count: rows.length };
  return { type: 'SUCCEEDED', result, at: '2026-01-01T00:00:01Z', elapsedMs } as const;
}

describe('a wait until something is true', () => {
  test('looks, pauses and looks again, and has the last look as its result', () => {
    const run = stepping(CALM);
    expect(executed(run)).toMatchObject([
      { part: 'verify', effect: 'read', attempt: 1, action: { readOnly: true, timeoutMs: 3_000 } },
    ]);
    run.send(look(9, 1_000));
    expect(run.state).toBe('calm.pausing');
    expect(run.at.effects).toMatchObject([{ type: 'arm', params: { ms: 5_000, attempt: 2 } }]);
    run.send({ type: 'TIMER' });
    expect(executed(run)).toMatchObject([{ attempt: 2 }]);
    run.send(look(2, 6_500));
    expect(asked(run)).toMatchObject({ prompt: 'Calm after 6500 ms.' });
    expect(run.at.snapshot.context.steps.calm).toMatchObject({ row: { waiting: 2 }, ms: 6_500 });
  });

  test('fails with a timeout when the time is over', () => {
    const run = stepping(CALM);
    run.send(look(9, 60_000));
    expect(run.state).toBe('calm.failed');
    expect(asked(run)).toMatchObject({
      for: 'failure',
      error: { kind: 'timeout', message: 'not true in time: result.row.waiting < inputs.least' },
    });
  });

  test('looks again after a failed look, and fails with it only at the end', () => {
    const run = stepping(CALM);
    run.send(failure('refused', { elapsedMs: 2_000 }));
    expect(run.state).toBe('calm.pausing');
    run.send({ type: 'TIMER' });
    run.send(failure('refused', { elapsedMs: 61_000 }));
    expect(asked(run)).toMatchObject({ error: { kind: 'refused' } });
  });

  test('looks again when a look cannot tell, and says so at the end', () => {
    const run = stepping(CALM);
    run.send(look(null, 1_000));
    expect(run.state).toBe('calm.pausing');
    run.send({ type: 'TIMER' });
    run.send(look(null, 60_000));
    expect(asked(run)?.error).toEqual({
      kind: 'timeout',
      message:
        'cannot tell whether it is over: result.row.waiting < inputs.least: there is no "row"',
    });
  });

  test('ends at a safe point when the operator stops, and can be skipped or begun anew there', () => {
    const run = stepping(CALM);
    run.send({ type: 'STOP' });
    run.send(look(9, 1_000));
    expect(asked(run)).toMatchObject({ for: 'failure', error: { kind: 'cancelled' } });
    run.send({ type: 'RETRY' });
    expect(executed(run)).toMatchObject([{ attempt: 1, isFirstLook: true }]);
    run.send(look(9, 1_000));
    run.send({ type: 'STOP' });
    expect(run.state).toBe('calm.failed');
    run.send({ type: 'SKIP', reason: 'no time' });
    expect(recorded(run, 'step.skipped')).toMatchObject([{ reason: 'no time' }]);
  });

  test('goes on looking in a later process', () => {
    const run = stepping(CALM);
    run.send({ type: 'INTERRUPTED', started: true });
    expect(executed(run)).toHaveLength(1);
    run.send(look(9, 0));
    run.send({ type: 'INTERRUPTED', started: false });
    expect(run.state).toBe('calm.looking');
  });
});
