import { describe, expect, test } from 'vitest';
import type { TargetFacts } from '#machine/context.ts';
import type { StateConfig } from '#machine/vocabulary.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { parsed, Stepper } from '../fixtures/compiled.ts';
import { asked, executed, failure, gate, recorded, stepping } from '../fixtures/orders-runbook.ts';

const BESIDE = `
  - id: look
    parallel:
      - { id: slots, effect: read, sql: SELECT 5 }
      - { id: locks, effect: read, sql: SELECT 1 }
  - { id: change, sql: SELECT do_it() }
  - { id: after, manual: Look. }
`;

function statesOf({ states = {} }: StateConfig): readonly string[] {
  return Object.keys(states);
}

describe('a machine', () => {
  test('has one state a step, and none for a branch beside others', () => {
    const { config } = stepping(BESIDE).machine;
    expect(statesOf(config as StateConfig)).toEqual([
      'look',
      'change',
      'after',
      'finished',
      'aborted',
    ]);
  });

  test('begins with no visit to any step but its first', () => {
    const { visits } = stepping(BESIDE).at.snapshot.context;
    expect(visits).toEqual({ look: 1, slots: 1, locks: 1, change: 0, after: 0 });
  });

  test('has no states that undo what has no undo', () => {
    const none = BESIDE.replace(
      'SELECT do_it() }',
      'SELECT do_it(), undo: { none: It is gone. } }',
    );
    const { config } = stepping(none).machine;
    for (const step of ['change', 'after'])
      expect(statesOf(config.states?.[step] as StateConfig)).not.toContain('undoing');
  });

  test.each([
    ['at its end', '  - { id: hand, finish: { outcome: resolved, summary: Done. } }\n', 'finished'],
    ['after it was aborted', '  - { id: hand, manual: Look. }\n', 'aborted'],
  ])('is over %s: nothing moves it any more', (_, steps, state) => {
    const run = stepping(steps);
    if (state === 'aborted') run.send({ type: 'ABORT', reason: 'enough' });
    const facts = { ...run.at.snapshot.context.targets.db, name: 'db', server: 'two' };
    for (const event of [
      { type: 'JUMP.hand' },
      { type: 'CONTINUE' },
      { type: 'ABORT', reason: 'twice' },
      { type: 'CONNECTED', target: 'db', facts: facts as TargetFacts },
    ] as const) {
      const before = run.at.snapshot;
      expect([run.send(event), run.state]).toEqual([[], state]);
      expect(run.at.snapshot).toBe(before);
    }
  });
});

describe('items of a step', () => {
  const EACH = `
  - id: end
    for_each: '["a", "b"]'
    effect: change
    on: db
    sql: 'SELECT end_it(\${{ item }})'
    undo: { sql: 'SELECT back(\${{ item }})' }
  - { id: after, manual: Look. }
`;

  test('begin anew after the last was undone', () => {
    const run = stepping(EACH);
    const confirm = () => run.send({ type: 'CONFIRM', digest: gate(run)?.digest ?? '' });
    for (const _ of ['a', 'b']) {
      confirm();
      run.rows();
    }
    run.send({ type: 'UNDO.end' });
    confirm();
    run.rows();
    run.send({ type: 'RETRY' });
    expect(gate(run)).toMatchObject({ part: 'action', item: { index: 1, label: 'a' } });
  });

  test('are never changed several at a time, whatever the runbook says', () => {
    const { steps, ...runbook } = parsed(HEAD + EACH);
    const together = steps.map((step) => ({
      ...step,
      ...(step.forEach && { forEach: { ...step.forEach, concurrency: 2 } }),
    }));
    const run = new Stepper({ ...runbook, steps: together } as Runbook);
    expect(run.state).toBe('end.item.gate');
    expect(gate(run)).toMatchObject({ item: { index: 1 } });
  });
});

const HEAD = `
name: each
title: Each
summary: Each.
targets: { db: { database: postgres://localhost/shop, engine: postgres } }
steps:
`;

describe('a jump to the step where the run is', () => {
  test('begins it anew', () => {
    const run = stepping('  - { id: count, effect: read, sql: SELECT 1 }\n');
    run.send(failure('timeout'));
    expect(asked(run)).toMatchObject({ for: 'failure' });
    run.send({ type: 'JUMP.count' });
    expect(recorded(run, 'step.entered')).toEqual([
      { type: 'step.entered', step: 'count', visit: 2 },
    ]);
    expect(executed(run)).toMatchObject([{ step: 'count', visit: 2, attempt: 1 }]);
  });
});
