import { describe, expect, test } from 'vitest';
import type { Stepper } from '../fixtures/compiled.ts';
import { asked, executed, failure, gate, recorded, stepping } from '../fixtures/orders-runbook.ts';

const HOSTS = '["db1", "db2", "db3"]';

const READ = `
  - id: ping
    for_each: '${HOSTS}'
    as: host
    effect: read
    sql: 'SELECT ping(\${{ host }}) AS ms'
    next:
      - if: result.failed > 0
        finding: '\${{ result.failed }} of \${{ result.count }} failed, the first took \${{ result.items[0].row.ms }}'
        goto: bad
  - { id: good, manual: All fine. }
  - { id: bad, manual: Not all. }
`;

const CHANGE = `
  - id: end
    for_each: '["a", "b"]'
    effect: change
    on: db
    sql: 'SELECT end_it(\${{ item }})'
  - { id: after, manual: 'Ended \${{ steps.end.count }}.' }
`;

const AT_ONCE = READ.replace('as: host', 'as: host\n    concurrency: 2');

function ended(run: Stepper, item: number, ms: number) {
  const result = { columns: ['ms'], rows: [{ ms }], row_count: 1 };
  const about = { step: 'ping', item };
  run.send({ type: 'SUCCEEDED', result, at: '2026-01-01T00:00:01Z', elapsedMs: 0, ...about });
}

describe('a step for every item of a list', () => {
  test('takes one after the other, each with its own value', () => {
    const run = stepping(READ);
    expect(recorded(run, 'item.entered')).toMatchObject([
      { item: { index: 1, count: 3, label: 'db1' } },
    ]);
    for (const [index, host] of ['db1', 'db2', 'db3'].entries()) {
      expect(executed(run)).toMatchObject([
        { item: { index: index + 1, label: host }, action: { values: [host] } },
      ]);
      run.rows({ ms: index });
      expect(recorded(run, 'item.settled')).toMatchObject([{ status: 'succeeded' }]);
    }
    expect(run.state).toBe('good.asking');
    expect(run.at.snapshot.context.steps.ping).toMatchObject({
      status: 'succeeded',
      count: 3,
      failed: 0,
      items: [
        { item: 'db1', status: 'succeeded', row: { ms: 0 } },
        { item: 'db2' },
        { item: 'db3' },
      ],
    });
  });

  test('asks about an item that failed, ends there if it is left, and next decides once', () => {
    const run = stepping(READ);
    run.rows({ ms: 7 });
    run.send(failure('timeout'));
    expect(asked(run)).toMatchObject({
      for: 'failure',
      item: { index: 2, label: 'db2' },
      error: { kind: 'timeout' },
    });
    run.send({ type: 'RETRY' });
    expect(executed(run)).toMatchObject([{ item: { index: 2 }, attempt: 1 }]);
    run.send(failure('refused'));
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('bad.asking');
    expect(run.at.snapshot.context.steps.ping).toMatchObject({ count: 3, failed: 1, left: 1 });
    expect(recorded(run, 'branch.taken')).toMatchObject([
      { finding: '1 of 3 failed, the first took 7' },
    ]);
  });

  test('an item can be skipped or marked done instead', () => {
    const run = stepping(READ);
    run.send(failure('timeout'));
    run.send({ type: 'SKIP', reason: 'gone' });
    expect(recorded(run, 'item.settled')).toMatchObject([{ status: 'skipped', reason: 'gone' }]);
    run.send(failure('timeout'));
    run.send({ type: 'MARK_DONE', evidence: 'seen' });
    run.rows({ ms: 1 });
    expect(run.at.snapshot.context.steps.ping).toMatchObject({
      failed: 0,
      items: [{ status: 'skipped' }, { status: 'done-by-hand', evidence: 'seen' }, { item: 'db3' }],
    });
  });

  test('is skipped when there are no items', () => {
    const run = stepping(READ.replace(HOSTS, '[]'));
    expect(recorded(run, 'step.skipped')).toMatchObject([
      { by: 'no-items', why: { kind: 'no-items', items: '[]' } },
    ]);
    expect(run.state).toBe('good.asking');
  });

  test('is held when it cannot be told which items, and fails when it is run all the same', () => {
    const steps = `
  - { id: list, if: '!inputs.go', effect: read, sql: SELECT 1 }
${READ.replace(HOSTS, 'steps.list.rows')}`;
    const run = stepping(steps);
    expect(run.state).toBe('ping.ready');
    expect(asked(run)).toMatchObject({
      for: 'stuck',
      why: {
        kind: 'undecided',
        problem: 'cannot tell what to repeat it for: steps.list.rows: there is no "rows"',
      },
    });
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('ping.failed');
  });

  test('stops between two items, and goes on with the next', () => {
    const run = stepping(READ);
    run.send({ type: 'STOP' });
    run.rows({ ms: 1 });
    expect(run.state).toBe('ping.between');
    expect(asked(run)).toMatchObject({ for: 'stopped' });
    run.send({ type: 'CONTINUE' });
    expect(executed(run)).toMatchObject([{ item: { index: 2 } }]);
  });
});

describe('a change for every item', () => {
  test('has a gate for each, and one confirmation opens one of them', () => {
    const run = stepping(CHANGE);
    const first = gate(run);
    expect(first).toMatchObject({ item: { index: 1, label: 'a' }, action: { values: ['a'] } });
    run.send({ type: 'CONFIRM', digest: first?.digest ?? '' });
    expect(run.state).toBe('end.item.running');
    run.rows();
    expect(gate(run)).toMatchObject({ item: { index: 2 }, action: { values: ['b'] } });
    run.send({ type: 'CONFIRM', digest: first?.digest ?? '' });
    expect(run.state).toBe('end.item.gate');
    run.send({ type: 'CONFIRM', digest: gate(run)?.digest ?? '' });
    expect(run.state).toBe('end.item.gate');
  });

  test('the same action for two items has two digests', () => {
    const run = stepping(CHANGE.replace('${{ item }}', '${{ "x" }}'));
    const first = gate(run)?.digest;
    run.send({ type: 'CONFIRM', digest: first ?? '' });
    run.rows();
    expect(gate(run)?.digest).not.toBe(first);
  });

  test('a gate that is declined, and an outcome that is unknown, are of that item alone', () => {
    const run = stepping(CHANGE);
    run.send({ type: 'DECLINE', reason: 'not this one' });
    expect(asked(run)).toMatchObject({ for: 'failure', item: { index: 1 } });
    run.send({ type: 'SKIP', reason: 'right' });
    run.send({ type: 'CONFIRM', digest: gate(run)?.digest ?? '' });
    run.send({ type: 'INTERRUPTED', started: true });
    expect(asked(run)).toMatchObject({ for: 'unknown', item: { index: 2 } });
    run.send({ type: 'MARK_DONE', evidence: 'it is' });
    expect(asked(run)).toMatchObject({ prompt: 'Ended 2.' });
    expect(run.at.snapshot.context.steps.end).toMatchObject({
      items: [
        { item: 'a', status: 'skipped' },
        { item: 'b', status: 'done-by-hand' },
      ],
    });
  });
});

describe('several items at a time', () => {
  test('are taken by as many lanes, in whatever order they end', () => {
    const run = stepping(AT_ONCE);
    expect(executed(run)).toMatchObject([{ item: { index: 1 } }, { item: { index: 2 } }]);
    ended(run, 2, 20);
    expect(executed(run)).toMatchObject([{ item: { index: 3 } }]);
    ended(run, 1, 10);
    expect(run.state).toContain('ping.together');
    ended(run, 3, 30);
    expect(run.state).toBe('good.asking');
    expect(run.at.snapshot.context.steps.ping).toMatchObject({
      items: [{ row: { ms: 10 } }, { row: { ms: 20 } }, { row: { ms: 30 } }],
    });
  });

  test('ask about those that failed when all have ended, one after the other', () => {
    const run = stepping(AT_ONCE);
    run.send({ ...failure('timeout'), step: 'ping', item: 1 });
    run.send({ ...failure('refused'), step: 'ping', item: 2 });
    expect(asked(run)).toBeUndefined();
    ended(run, 3, 30);
    expect(asked(run)).toMatchObject({ item: { index: 1 }, error: { kind: 'timeout' } });
    run.send({ type: 'RETRY' });
    expect(executed(run)).toMatchObject([{ item: { index: 1 } }]);
    ended(run, 1, 10);
    expect(asked(run)).toMatchObject({ item: { index: 2 }, error: { kind: 'refused' } });
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('bad.asking');
  });

  test('ask about none if so many may fail', () => {
    const run = stepping(AT_ONCE.replace('concurrency:', 'max_failures: 1\n    concurrency:'));
    run.send({ ...failure('timeout'), step: 'ping', item: 1 });
    ended(run, 2, 20);
    ended(run, 3, 30);
    expect(run.state).toBe('bad.asking');
  });

  test('ask about those that failed in the order of the list', () => {
    const run = stepping(AT_ONCE);
    for (const item of [2, 3, 1]) run.send({ ...failure('timeout'), step: 'ping', item });
    for (const index of [1, 2, 3]) {
      expect(asked(run)).toMatchObject({ item: { index } });
      run.send({ type: 'CONTINUE' });
    }
    expect(run.state).toBe('bad.asking');
  });

  test('are all read again in a later process', () => {
    const run = stepping(AT_ONCE);
    run.send({ type: 'INTERRUPTED', started: true });
    expect(executed(run)).toMatchObject([{ item: { index: 1 } }, { item: { index: 2 } }]);
  });
});
