import { describe, expect, test } from 'vitest';
import type { Stepper } from '../fixtures/compiled.ts';
import { asked, executed, failure, gate, recorded, stepping } from '../fixtures/orders-runbook.ts';

const EACH = `
  - id: ping
    for_each: '["a", "b", "c"]'
    effect: read
    sql: 'SELECT ping(\${{ item }}, \${{ inputs.least }})'
    next: [{ if: result.failed > 0, goto: bad }]
  - { id: good, effect: read, sql: SELECT 1 }
  - { id: bad, effect: read, sql: SELECT 2 }
`;
const CHANGE = EACH.replace('effect: read', 'effect: change');

/** Stands where the operator is asked about the first item, which failed in a run that is to stop. */
function askedAboutFirst(steps = EACH): Stepper {
  const run = stepping(steps);
  run.send({ type: 'STOP' });
  run.send(failure('timeout'));
  expect(run.state).toBe('ping.item.asked');
  expect(asked(run)).toMatchObject({
    step: 'ping',
    for: 'failure',
    item: { index: 1, count: 3, label: 'a' },
    error: { kind: 'timeout' },
  });
  return run;
}

/** Stands between the first and the second item of a run that was told to stop. */
function between(): Stepper {
  const run = stepping(EACH);
  run.send({ type: 'STOP' });
  run.rows({ ms: 1 });
  expect(run.state).toBe('ping.between');
  return run;
}

describe('an item that failed in a run that was told to stop', () => {
  test('is left, and no other is begun', () => {
    const run = askedAboutFirst();
    run.send({ type: 'CONTINUE' });
    expect(recorded(run, 'step.entered').at(-1)).toMatchObject({ step: 'bad' });
    expect(run.at.snapshot.context.steps.ping).toMatchObject({ count: 3, failed: 1, left: 2 });
  });

  test('is tried again, and the run goes on', () => {
    const run = askedAboutFirst();
    run.send({ type: 'RETRY' });
    expect(executed(run)).toMatchObject([{ item: { index: 1 }, attempt: 1 }]);
    run.rows({ ms: 1 });
    expect(recorded(run, 'item.settled')).toEqual([
      {
        ...{ type: 'item.settled', step: 'ping', status: 'succeeded' },
        item: expect.objectContaining({ index: 1 }),
      },
    ]);
    expect(executed(run)).toMatchObject([{ item: { index: 2 } }]);
  });

  test('is tried again with other inputs, and the run goes on', () => {
    const run = askedAboutFirst();
    run.send({ type: 'EDIT', inputs: { least: 9 }, targets: {} });
    expect(executed(run)).toMatchObject([{ item: { index: 1 }, action: { values: ['a', 9] } }]);
    run.rows({ ms: 1 });
    expect(executed(run)).toMatchObject([{ item: { index: 2 } }]);
  });

  test('was done by hand, and the run goes on', () => {
    const run = askedAboutFirst();
    run.send({ type: 'MARK_DONE', evidence: 'seen' });
    expect(recorded(run, 'item.settled')).toEqual([
      {
        type: 'item.settled',
        step: 'ping',
        item: { index: 1, count: 3, label: 'a' },
        status: 'done-by-hand',
        error: undefined,
        reason: undefined,
      },
    ]);
    expect(executed(run)).toMatchObject([{ item: { index: 2 } }]);
  });

  test('is skipped, and the run goes on', () => {
    const run = askedAboutFirst();
    run.send({ type: 'SKIP', reason: 'gone' });
    expect(recorded(run, 'item.settled')).toEqual([
      {
        type: 'item.settled',
        step: 'ping',
        item: { index: 1, count: 3, label: 'a' },
        status: 'skipped',
        error: undefined,
        reason: 'gone',
      },
    ]);
    expect(executed(run)).toMatchObject([{ item: { index: 2 } }]);
  });
});

test('an item that is begun anew by the operator is tried again as often as it says', () => {
  const run = stepping(
    EACH.replace('effect: read', 'effect: read\n    retry: { attempts: 2, delay: 1s }'),
  );
  for (let time = 0; time < 2; time += 1) {
    run.send(failure('timeout'));
    expect(run.state).toBe('ping.item.backing_off');
    run.send({ type: 'TIMER' });
    run.send(failure('timeout'));
    expect(run.state).toBe('ping.item.asked');
    run.send({ type: 'RETRY' });
  }
});

test('items that could not be listed are listed with other inputs', () => {
  const steps = `
  - { id: list, if: '!inputs.go', effect: read, sql: SELECT 1 }
${EACH.replace('["a", "b", "c"]', 'inputs.least > 5 ? ["a"] : steps.list.row.names')}`;
  const run = stepping(steps);
  run.send({ type: 'CONTINUE' });
  expect(run.state).toBe('ping.failed');
  run.send({ type: 'EDIT', inputs: { least: 9 }, targets: {} });
  expect(executed(run)).toMatchObject([{ item: { index: 1, count: 1, label: 'a' } }]);
});

test('an item is looked at again as that item', () => {
  const steps = EACH.replace(
    'effect: read',
    'effect: read\n    verify: { sql: SELECT 2, until: result.row.ok }',
  );
  const run = stepping(steps);
  run.rows({ ms: 1 });
  run.rows({ ok: false });
  expect(run.at.effects).toMatchObject([
    { type: 'arm', params: { step: 'ping', for: 'verify', item: { index: 1 } } },
  ]);
});

describe('between two items', () => {
  test('the rest is skipped, and what the others did is kept', () => {
    const run = between();
    run.send({ type: 'SKIP', reason: 'enough' });
    expect(recorded(run, 'step.skipped')).toEqual([
      { type: 'step.skipped', step: 'ping', by: 'operator', reason: 'enough' },
    ]);
    expect(run.at.snapshot.context.steps.ping).toMatchObject({
      status: 'skipped',
      count: 3,
      failed: 0,
      items: [{ item: 'a', status: 'succeeded' }],
    });
    expect(run.state).toBe('good.running');
    run.rows({ n: 1 });
    expect(run.state).toBe('bad.running');
  });

  test('going on takes all that are left', () => {
    const run = between();
    run.send({ type: 'CONTINUE' });
    run.rows({ ms: 2 });
    run.rows({ ms: 3 });
    expect(run.state).toBe('good.running');
  });
});

describe('items of a dry run', () => {
  test('are simulated one after the other', () => {
    const run = stepping(CHANGE, {}, { mode: 'dry-run' });
    for (const label of ['a', 'b', 'c']) {
      expect(recorded(run, 'item.entered')).toMatchObject([{ item: { label } }]);
      run.send({ type: 'CONTINUE' });
      expect(recorded(run, 'item.settled')).toMatchObject([{ status: 'simulated' }]);
    }
    expect(run.at.snapshot.context.steps.ping).toMatchObject({
      items: [{ status: 'simulated' }, { status: 'simulated' }, { status: 'simulated' }],
    });
  });
});

describe('items side by side', () => {
  const AT_ONCE = EACH.replace('effect: read', 'concurrency: 2\n    effect: read');

  function ended(run: Stepper, item: number): void {
    const result = { columns: ['ms'], rows: [{ ms: item }], row_count: 1 };
    run.send({ type: 'SUCCEEDED', result, at: '', elapsedMs: 0, step: 'ping', item });
  }

  test('are each recorded when they begin and when they end', () => {
    const run = stepping(AT_ONCE);
    expect(executed(run)).toMatchObject([
      { action: { values: ['a', 4] } },
      { action: { values: ['b', 4] } },
    ]);
    expect(recorded(run, 'item.entered').map(({ item }) => item)).toEqual([
      { index: 1, count: 3, label: 'a' },
      { index: 2, count: 3, label: 'b' },
    ]);
    ended(run, 2);
    expect(recorded(run, 'item.settled')).toEqual([
      {
        ...{ type: 'item.settled', step: 'ping', status: 'succeeded' },
        item: expect.objectContaining({ index: 2 }),
      },
    ]);
    run.send({ ...failure('timeout'), step: 'ping', item: 1 });
    expect(recorded(run, 'item.settled')).toMatchObject([
      { item: { index: 1 }, status: 'failed', error: { kind: 'timeout' } },
    ]);
  });

  test('are not moved by the end of another item, nor of another step', () => {
    const run = stepping(AT_ONCE);
    ended(run, 3);
    run.rows({ ms: 1 });
    const result = { columns: [], rows: [], row_count: 0 };
    run.send({ type: 'SUCCEEDED', result, at: '', elapsedMs: 0, step: 'other', item: 1 });
    expect(recorded(run, 'item.settled')).toEqual([]);
    expect(run.state).toContain('lane1.running');
    expect(run.state).toContain('lane2.running');
  });

  test('end as they are when the run is to stop, and no more are taken', () => {
    const run = stepping(AT_ONCE);
    run.send({ type: 'STOP' });
    ended(run, 1);
    expect(executed(run)).toEqual([]);
    expect(run.state).toContain('ping.together');
    ended(run, 2);
    expect(run.state).toBe('ping.between');
    run.send({ type: 'CONTINUE' });
    expect(executed(run)).toMatchObject([{ item: { index: 3 } }]);
  });

  test('are tried again side by side, each after its own pause', () => {
    const run = stepping(
      AT_ONCE.replace('effect: read', 'effect: read\n    retry: { attempts: 2, delay: 1s }'),
    );
    run.send({ ...failure('timeout'), step: 'ping', item: 2 });
    expect(run.at.effects).toMatchObject([
      { type: 'arm', params: { step: 'ping', for: 'retry', item: { index: 2 }, attempt: 2 } },
    ]);
    run.send({ type: 'TIMER', step: 'ping', item: 1 });
    expect(executed(run)).toEqual([]);
    run.send({ type: 'TIMER', step: 'ping', item: 2 });
    expect(executed(run)).toMatchObject([{ item: { index: 2 }, attempt: 2 }]);
  });

  test('are all there is to list when there are fewer of them than lanes', () => {
    const run = stepping(AT_ONCE.replace('["a", "b", "c"]', '["a"]'));
    expect(executed(run)).toHaveLength(1);
    ended(run, 1);
    expect(run.at.snapshot.context.steps.ping).toMatchObject({ count: 1, items: [{ item: 'a' }] });
    expect(run.state).toBe('good.running');
  });
});

test('a step that is begun anew forgets what its items did', () => {
  const run = stepping(EACH);
  for (const ms of [1, 2, 3]) run.rows({ ms });
  run.send({ type: 'STOP' });
  run.rows({ n: 1 });
  run.send({ type: 'JUMP.ping' });
  expect(executed(run)).toMatchObject([{ item: { index: 1 }, visit: 2 }]);
  for (const ms of [4, 5, 6]) run.rows({ ms });
  expect(run.at.snapshot.context.steps.ping).toMatchObject({
    items: [{ row: { ms: 4 } }, { row: { ms: 5 } }, { row: { ms: 6 } }],
  });
});

test('an item of a change that was skipped at its gate leaves the others their gates', () => {
  const run = stepping(CHANGE);
  run.send({ type: 'SKIP', reason: 'no' });
  expect(recorded(run, 'item.settled')).toMatchObject([{ status: 'skipped', reason: 'no' }]);
  expect(gate(run)).toMatchObject({ item: { index: 2 } });
});

describe('items of which some may fail', () => {
  const BUDGET = EACH.replace('effect: read', 'effect: read\n    max_failures: 1');

  test('go on without a question until one more fails', () => {
    const run = stepping(BUDGET);
    run.send(failure('timeout'));
    expect(executed(run)).toMatchObject([{ item: { index: 2 } }]);
    run.send(failure('timeout'));
    expect(asked(run)).toMatchObject({ for: 'failure', item: { index: 2 } });
    run.send({ type: 'RETRY' });
    run.rows({ ms: 1 });
    run.rows({ ms: 1 });
    expect(run.at.snapshot.context.steps.ping).toMatchObject({ failed: 1, left: 0 });
  });
});
