import { describe, expect, test } from 'vitest';
import type { Stepper } from '../fixtures/compiled.ts';
import { asked, executed, failure, gate, recorded, stepping } from '../fixtures/orders-runbook.ts';

const RAISE = `
  - id: raise
    on: db
    effect: change
    preview: { sql: 'SELECT name, setting FROM pg_settings' }
    sql: 'SELECT raise(name) FROM s WHERE (name, setting) IN (\${{ preview.rows }})'
    undo:
      sql: 'SELECT put_back(\${{ preview.row.setting }}, \${{ result.row_count }}, \${{ inputs.least }})'
      effect: destructive
      confirm: { phrase: put it back, warning: It was raised. }
  - { id: after, manual: Look. }
  - { id: last, manual: Look again. }
`;

function confirm(run: Stepper): void {
  const { pending } = run.at.snapshot.context.visit;
  const phrase = pending?.phrase;
  run.send({ type: 'CONFIRM', digest: pending?.digest ?? '', phrase, previewAgeMs: 0 });
  if (run.state.endsWith('checking')) run.sameRows();
}

/** Has raised a setting and stands at the step after it. */
function raised(steps = RAISE): Stepper {
  const run = stepping(steps);
  run.rows({ name: 'max', setting: 100 });
  confirm(run);
  run.rows({ raised: true });
  return run;
}

describe('what a step did can be undone', () => {
  test('through a gate of its own, with the values the step ran with', () => {
    const run = raised();
    run.send({ type: 'UNDO.raise' });
    expect(run.state).toBe('raise.undoing.gate');
    expect(gate(run)).toMatchObject({
      part: 'undo',
      effect: 'destructive',
      level: 'type',
      phrase: 'put it back',
      warning: 'It was raised.',
      action: { values: [100, 1, 4], readOnly: false },
    });
    run.send({ type: 'CONFIRM', digest: gate(run)?.digest ?? '', phrase: 'yes' });
    expect(run.state).toBe('raise.undoing.gate');
    confirm(run);
    expect(run.at.effects.map(({ type }) => type)).toEqual(['executeChange']);
    expect(executed(run)).toMatchObject([{ part: 'undo', effect: 'destructive' }]);
  });

  test('is then at the operator, who goes on, runs the step again or jumps', () => {
    const run = raised();
    run.send({ type: 'UNDO.raise' });
    confirm(run);
    run.rows();
    expect(recorded(run, 'step.undone')).toMatchObject([{ step: 'raise', by: 'action' }]);
    expect(asked(run)).toMatchObject({ step: 'raise', for: 'stopped', why: { kind: 'undone' } });
    expect(run.at.snapshot.context.steps.raise).toMatchObject({ status: 'undone' });
    run.send({ type: 'UNDO.raise' });
    expect(run.state).toBe('raise.undone');
    run.send({ type: 'CONTINUE' });
    expect(run.state).toBe('after.asking');
    expect(recorded(run, 'branch.taken')).toMatchObject([{ by: 'operator', goto: 'after' }]);
  });

  test('a declined undo leaves it as it is, to be undone another time', () => {
    const run = raised();
    run.send({ type: 'UNDO.raise' });
    run.send({ type: 'DECLINE', reason: 'too early' });
    expect(asked(run)).toMatchObject({ for: 'failure', part: 'undo', why: { kind: 'not-undone' } });
    run.send({ type: 'SKIP', reason: 'leave it' });
    expect(asked(run)).toMatchObject({ for: 'stopped', why: { kind: 'not-undone' } });
    expect(run.at.snapshot.context.steps.raise).toMatchObject({ status: 'succeeded' });
    run.send({ type: 'JUMP.last' });
    run.send({ type: 'UNDO.raise' });
    expect(run.state).toBe('raise.undoing.gate');
  });

  test('an undo that failed is tried again, or was done by hand', () => {
    const run = raised();
    run.send({ type: 'UNDO.raise' });
    confirm(run);
    run.send(failure('refused'));
    run.send({ type: 'RETRY' });
    expect(run.state).toBe('raise.undoing.gate');
    run.send({ type: 'DECLINE', reason: '' });
    run.send({ type: 'MARK_DONE', evidence: 'it shows 100' });
    expect(recorded(run, 'step.undone')).toMatchObject([{ by: 'hand', evidence: 'it shows 100' }]);
  });

  test('an undo that had started and not finished is unknown', () => {
    const run = raised();
    run.send({ type: 'UNDO.raise' });
    confirm(run);
    run.send({ type: 'INTERRUPTED', started: true });
    expect(asked(run)).toMatchObject({ for: 'unknown', part: 'undo' });
    const other = raised();
    other.send({ type: 'UNDO.raise' });
    confirm(other);
    other.send({ type: 'INTERRUPTED', started: false });
    expect(other.state).toBe('raise.undoing.gate');
  });

  test('also when its outcome is unknown', () => {
    const run = stepping(RAISE);
    run.rows({ name: 'max', setting: 100 });
    confirm(run);
    run.send({ type: 'UNKNOWN', error: { kind: 'reset', message: 'gone' } });
    run.send({ type: 'UNDO.raise' });
    expect(asked(run)).toMatchObject({
      for: 'failure',
      error: { kind: 'unresolved', message: expect.stringContaining('result.row_count') },
    });
  });
});

describe('nothing can be undone', () => {
  test('that did not happen', () => {
    const run = stepping(RAISE);
    run.rows({ name: 'max', setting: 100 });
    run.send({ type: 'DECLINE', reason: 'no' });
    expect(run.send({ type: 'UNDO.raise' })).toEqual([]);
  });

  test('while something runs, or while a gate is open', () => {
    const run = raised();
    run.send({ type: 'JUMP.raise' });
    expect(run.state).toBe('raise.previewing');
    run.send({ type: 'UNDO.raise' });
    expect(run.state).toBe('raise.previewing');
    run.rows({ name: 'max', setting: 200 });
    run.send({ type: 'UNDO.raise' });
    expect(run.state).toBe('raise.gate');
  });

  test('on another server than the one it ran on', () => {
    const run = raised();
    const { db } = run.at.snapshot.context.targets;
    if (db === undefined) throw new Error('there is no db');
    run.send({ type: 'JUMP.after' });
    const away = { ...db, host: 'db2', description: 'postgres oncall@db2:5432/shop' };
    run.send({ type: 'JUMP.raise' });
    run.send(failure('refused'));
    run.send({ type: 'EDIT', inputs: {}, targets: { db: away } });
    run.send(failure('refused'));
    run.send({ type: 'UNDO.raise' });
    expect(asked(run)).toMatchObject({
      part: 'undo',
      error: { kind: 'config', message: expect.stringContaining('db2') },
    });
  });
});

test('the items of a repeated step are undone one by one, the last first', () => {
  const run = stepping(`
  - id: end
    for_each: '["a", "b"]'
    on: db
    effect: change
    sql: 'SELECT end_it(\${{ item }})'
    undo: { sql: 'SELECT bring_back(\${{ item }})' }
  - { id: after, manual: Look. }
`);
  for (let item = 0; item < 2; item += 1) {
    confirm(run);
    run.rows();
  }
  for (const item of ['b', 'a']) {
    run.send({ type: 'UNDO.end' });
    expect(gate(run)).toMatchObject({ item: { label: item }, action: { values: [item] } });
    confirm(run);
    run.rows();
    expect(run.state).toBe('end.undone');
  }
  run.send({ type: 'UNDO.end' });
  expect(run.state).toBe('end.undone');
});
