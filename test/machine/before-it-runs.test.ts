import { describe, expect, test } from 'vitest';
import { asked, executed, gate, recorded, stepping } from '../fixtures/orders-runbook.ts';

const PREVIEW = `
  - id: end
    on: db
    effect: change
    preview: { sql: SELECT pid FROM s }
    sql: 'SELECT end_it(pid) FROM s WHERE (pid) IN (\${{ preview.rows }})'
`;

describe('a step that waits to be started shows what will run first', () => {
  test.each([
    ['a read', '  - { id: one, effect: read, sql: SELECT 1 }\n', 'SELECT 1'],
    ['the preview of a change', PREVIEW, 'SELECT pid FROM s'],
    [
      'a change',
      '  - { id: one, on: db, effect: change, sql: SELECT do_it() }\n',
      'SELECT do_it()',
    ],
  ])('%s', (_, steps, text) => {
    expect(asked(stepping(steps, { auto: false }))).toMatchObject({
      for: 'start',
      action: { kind: 'sql', text },
    });
  });

  test('nothing where a value of it is missing', () => {
    const steps = `
  - { id: gone, if: '!inputs.go', effect: read, sql: SELECT 1 }
  - { id: one, effect: read, sql: 'SELECT \${{ steps.gone.row.x }}' }
`;
    const waits = asked(stepping(steps, { auto: false }));
    expect(waits).toMatchObject({ step: 'one', for: 'start' });
    expect(waits?.action).toBeUndefined();
  });
});

test('nothing is asked for without saying what', () => {
  for (const auto of [true, false])
    for (const mode of ['live', 'dry-run'] as const) {
      const run = stepping(`${PREVIEW}  - { id: hand, manual: Do. }\n`, { auto }, { mode });
      run.send({ type: 'CONTINUE' });
      run.rows({ pid: 7 });
      expect(run.at.effects).not.toEqual([]);
      for (const { params } of run.at.effects) expect(params).toBeDefined();
    }
});

describe('in a dry run', () => {
  const dry = (steps: string, auto: boolean) => stepping(steps, { auto }, { mode: 'dry-run' });

  test('a question is asked all the same, by itself or not', () => {
    const steps = `
  - { id: which, ask: { question: 'Which one?', choices: [a, b] } }
  - { id: hand, manual: Do. }
`;
    for (const auto of [true, false]) {
      const run = dry(steps, auto);
      expect(asked(run)).toMatchObject({
        for: 'answer',
        prompt: 'Which one?',
        choices: ['a', 'b'],
      });
      run.send({ type: 'CONTINUE' });
      expect(run.state).toBe('which.asking');
    }
  });

  test('what is done by hand is shown, and simulated when the operator goes on', () => {
    const run = dry('  - { id: hand, manual: Do. }\n  - { id: end, manual: End. }\n', false);
    expect(asked(run)).toMatchObject({ for: 'report', prompt: 'Do.' });
    run.send({ type: 'CONTINUE' });
    expect(recorded(run, 'step.settled')).toMatchObject([{ step: 'hand', status: 'simulated' }]);
    expect(run.state).toBe('end.asking');
  });

  test('a read is checked as always', () => {
    const steps = `
  - { id: one, effect: read, sql: SELECT 1, verify: { sql: SELECT 2, until: result.row.ok } }
  - { id: end, manual: End. }
`;
    const run = dry(steps, true);
    run.rows({ n: 1 });
    expect(run.state).toBe('one.verifying');
    expect(executed(run)).toMatchObject([{ part: 'verify' }]);
  });

  test('every change waits at its gate, and reads run by themselves from there', () => {
    const steps = `
  - { id: one, on: db, effect: change, sql: SELECT do_it() }
  - { id: two, on: db, effect: change, sql: SELECT do_more() }
  - { id: end, effect: read, sql: SELECT 1 }
`;
    const run = dry(steps, false);
    run.send({ type: 'CONTINUE' });
    expect(gate(run)).toMatchObject({ part: 'action', simulated: true });
    expect(asked(run)).toMatchObject({ for: 'gate' });
    for (const on of [false, true]) {
      run.send({ type: 'AUTO', on });
      expect(run.state).toBe('one.gate');
    }
    run.send({ type: 'CONTINUE' });
    expect(asked(run)).toMatchObject({ step: 'two', for: 'gate' });
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('end.running');
  });
});

describe('a step that waits to be started', () => {
  const STEPS = `
  - { id: one, effect: read, sql: SELECT 1 }
  - { id: two, effect: read, sql: SELECT 2 }
`;

  test('goes on waiting when nothing is to run by itself', () => {
    const run = stepping(STEPS, { auto: false });
    run.send({ type: 'AUTO', on: false });
    expect(run.state).toBe('one.ready');
  });

  test('is passed over, with the reason, when the operator says so', () => {
    const run = stepping(STEPS, { auto: false });
    run.send({ type: 'SKIP', reason: 'known already' });
    expect(recorded(run, 'step.skipped')).toEqual([
      { type: 'step.skipped', step: 'one', by: 'operator', reason: 'known already' },
    ]);
    expect(run.state).toBe('two.ready');
  });

  test.each([{ type: 'CONTINUE' }, { type: 'AUTO', on: true }] as const)(
    'since it was held does not wait again in a dry run: $type',
    (event) => {
      const steps = `
  - { id: one, on: db, effect: change, sql: SELECT do_it(), max_visits: 1 }
  - { id: which, ask: Which one? }
`;
      const run = stepping(steps, {}, { mode: 'dry-run' });
      run.send({ type: 'CONTINUE' });
      expect(run.state).toBe('which.asking');
      run.send({ type: 'JUMP.one' });
      expect(asked(run)).toMatchObject({ step: 'one', for: 'stuck' });
      run.send(event);
      expect(run.state).toBe('one.gate');
      run.send({ type: 'CONTINUE' });
      expect(recorded(run, 'step.settled')).toMatchObject([{ step: 'one', status: 'simulated' }]);
      expect(run.state).toBe('which.asking');
    },
  );
});

test('a run that ends has its last step ended as well', () => {
  const run = stepping('  - { id: done, finish: { outcome: resolved, summary: Done. } }\n');
  expect(recorded(run, 'step.settled')).toMatchObject([{ step: 'done', status: 'succeeded' }]);
  expect(run.at.snapshot.context.steps.done).toEqual({ status: 'succeeded' });
});
