import { describe, expect, test } from 'vitest';
import { undoableSteps } from '#machine/context/undoing.ts';
import type { Stepper } from '../fixtures/compiled.ts';
import { asked, executed, failure, gate, recorded, stepping } from '../fixtures/orders-runbook.ts';

const CHANGES = `
  - { id: one, on: db, effect: change, sql: 'SELECT f(\${{ inputs.least }})', undo: { sql: 'SELECT back(\${{ inputs.least }})' } }
  - { id: two, on: db, effect: change, sql: SELECT g(), undo: { sql: SELECT unback() } }
  - { id: look, effect: read, sql: SELECT 1 }
`;
const EACH = `
  - { id: end, for_each: '["a", "b"]', on: db, effect: change, sql: 'SELECT f(\${{ item }})', undo: { sql: 'SELECT back(\${{ item }})' } }
  - { id: look, effect: read, sql: SELECT 1 }
`;

function confirm(run: Stepper): void {
  run.send({ type: 'CONFIRM', digest: run.at.snapshot.context.visit.pending?.digest ?? '' });
}

function undoable(run: Stepper): readonly string[] {
  return undoableSteps(run.at.snapshot.context);
}

/** Has carried out the gates that come, and stands at the read after them. */
function changed(steps: string): Stepper {
  const run = stepping(steps);
  for (let gates = 0; gates < 2; gates += 1) {
    confirm(run);
    run.rows();
  }
  expect(run.state).toBe('look.running');
  run.send(failure('timeout'));
  return run;
}

describe('what can be undone', () => {
  test('is listed with what was done last at the end', () => {
    const run = changed(CHANGES);
    expect(undoable(run)).toEqual(['one', 'two']);
    run.send({ type: 'JUMP.one' });
    confirm(run);
    run.rows();
    expect(undoable(run)).toEqual(['two', 'one']);
  });

  test('is not listed any more after it was undone', () => {
    const run = changed(CHANGES);
    run.send({ type: 'UNDO.two' });
    confirm(run);
    run.rows();
    expect(undoable(run)).toEqual(['one']);
    expect(run.at.snapshot.context.steps).toMatchObject({
      one: { status: 'succeeded' },
      two: { status: 'undone', row_count: 0 },
      look: { status: 'failed' },
    });
  });

  test('of a step that ran twice is what it did last', () => {
    const run = changed(CHANGES);
    run.send({ type: 'EDIT', inputs: { least: 9 }, targets: {} });
    run.send(failure('timeout'));
    run.send({ type: 'JUMP.one' });
    confirm(run);
    run.rows();
    run.send({ type: 'SKIP', reason: '' });
    run.send(failure('timeout'));
    run.send({ type: 'UNDO.one' });
    expect(gate(run)).toMatchObject({ part: 'undo', action: { values: [9] } });
    confirm(run);
    run.rows();
    expect(undoable(run)).toEqual(['two']);
  });

  test('is nothing of a step without an undo', () => {
    const run = stepping(`  - { id: one, on: db, effect: change, sql: SELECT f() }\n`);
    confirm(run);
    run.rows();
    expect(undoable(run)).toEqual([]);
  });

  test('of a step that ran twice in one visit is one', () => {
    const run = stepping(CHANGES);
    confirm(run);
    run.send({ type: 'UNKNOWN', error: { kind: 'reset', message: 'gone' } });
    run.send({ type: 'RETRY' });
    confirm(run);
    run.rows();
    expect(run.at.snapshot.context.undoable.one).toHaveLength(1);
  });

  test('of items is each of them', () => {
    const run = changed(EACH);
    expect(run.at.snapshot.context.undoable.end).toMatchObject([
      { item: { label: 'a' } },
      { item: { label: 'b' } },
    ]);
  });

  test('of an item is recorded with its item', () => {
    const run = changed(EACH);
    run.send({ type: 'UNDO.end' });
    confirm(run);
    run.rows();
    expect(recorded(run, 'step.undone').map(({ item }) => item)).not.toContain(undefined);
  });

  test('of items that were changed in another visit is only what was done in the last one', () => {
    const run = changed(EACH);
    run.send({ type: 'JUMP.end' });
    confirm(run);
    run.rows();
    expect(run.at.snapshot.context.undoable.end).toMatchObject([{ item: { label: 'a' } }]);
  });

  test('of an item that was changed twice is what it did last', () => {
    const run = stepping(EACH);
    confirm(run);
    run.send({ type: 'UNKNOWN', error: { kind: 'reset', message: 'gone' } });
    run.send({ type: 'RETRY' });
    confirm(run);
    run.rows();
    confirm(run);
    run.rows();
    expect(run.at.snapshot.context.undoable.end).toMatchObject([
      { item: { label: 'a' } },
      { item: { label: 'b' } },
    ]);
  });
});

describe('an undo', () => {
  test('is carried out as the visit that it reverts', () => {
    const run = changed(CHANGES);
    run.send({ type: 'JUMP.one' });
    run.send({ type: 'SKIP', reason: '' });
    run.send({ type: 'SKIP', reason: '' });
    run.send(failure('timeout'));
    run.send({ type: 'UNDO.one' });
    confirm(run);
    expect(executed(run)).toMatchObject([{ part: 'undo', visit: 1, attempt: 1 }]);
  });

  test('does not begin with the error of the step', () => {
    const run = stepping(
      CHANGES.replace("sql: 'SELECT f", "expect: result.row.ok, sql: 'SELECT f"),
    );
    confirm(run);
    run.rows({ ok: false });
    expect(asked(run)).toMatchObject({ error: { kind: 'unexpected' } });
    run.send({ type: 'UNDO.one' });
    expect(run.at.snapshot.context.visit.error).toBeUndefined();
    run.send({ type: 'SKIP', reason: '' });
    expect(run.at.snapshot.context.steps.one).toMatchObject({ status: 'failed' });
  });

  test('of a change that was told to stop goes on with the run', () => {
    const run = changed(CHANGES);
    run.send({ type: 'UNDO.two' });
    confirm(run);
    run.rows();
    expect(recorded(run, 'step.undone')).toEqual([
      { type: 'step.undone', step: 'two', item: undefined, by: 'action', evidence: undefined },
    ]);
    expect(asked(run)).toMatchObject({ step: 'two', for: 'stopped', why: { kind: 'undone' } });
  });
});

describe('in a runbook that runs as a step', () => {
  const child = `
name: child
title: Child
summary: It changes.
inputs: { n: { type: number, default: 4 } }
targets: { db: { database: 'postgres://ada@db9/shop', engine: postgres } }
steps:
  - { id: one, effect: change, sql: 'SELECT f(\${{ inputs.n }})', undo: { sql: 'SELECT back(\${{ inputs.n }})' } }
  - { id: look, effect: read, sql: SELECT 1 }
`;
  const steps = `
  - { id: call, runbook: child }
  - { id: again, runbook: child }
  - { id: after, effect: read, sql: SELECT 9 }
`;

  test('a step is undone while that runs, and is undone there alone', () => {
    const run = stepping(steps, {}, { others: { child } });
    confirm(run);
    run.rows();
    run.send(failure('timeout'));
    run.send({ type: 'UNDO.call/one' });
    confirm(run);
    run.rows();
    expect(asked(run)).toMatchObject({ step: 'call/one', why: { kind: 'undone' } });
    expect(run.at.snapshot.context.frames.call?.steps).toMatchObject({
      one: { status: 'undone' },
      look: { status: 'failed' },
    });
    expect(run.at.snapshot.context.steps).not.toHaveProperty('one');
    run.send({ type: 'CONTINUE' });
    expect(executed(run)).toMatchObject([{ step: 'call/look' }]);
  });

  test('a step is undone after it has ended, while another one runs', () => {
    const run = stepping(steps, {}, { others: { child } });
    confirm(run);
    run.rows();
    run.rows({ n: 1 });
    expect(run.state).toBe('again/one.gate');
    run.send({ type: 'SKIP', reason: '' });
    run.send(failure('timeout'));
    expect(Object.keys(run.at.snapshot.context.frames)).toEqual(['again']);
    run.send({ type: 'UNDO.call/one' });
    expect(gate(run)).toMatchObject({ step: 'call/one', part: 'undo', action: { values: [4] } });
    expect(Object.keys(run.at.snapshot.context.frames)).toEqual(['call']);
    confirm(run);
    run.rows();
    expect(run.at.snapshot.context.frames.call?.steps.one).toMatchObject({ status: 'undone' });
  });

  test('a step is undone in its own runbook, not in those that it runs', () => {
    const outer = child
      .replace('name: child', 'name: outer')
      .replace(
        '  - { id: look, effect: read, sql: SELECT 1 }',
        '  - { id: inner, runbook: child }',
      );
    const run = stepping(steps.replaceAll('child', 'outer'), {}, { others: { outer, child } });
    confirm(run);
    run.rows();
    confirm(run);
    run.rows();
    run.send(failure('timeout'));
    expect(run.state).toBe('call/inner/look.failed');
    run.send({ type: 'UNDO.call/one' });
    confirm(run);
    run.rows();
    const { frames } = run.at.snapshot.context;
    expect(frames.call?.steps.one).toMatchObject({ status: 'undone' });
    expect(frames['call/inner']?.steps.one).toMatchObject({ status: 'succeeded' });
  });
});
