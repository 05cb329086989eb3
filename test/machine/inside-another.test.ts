import { describe, expect, test } from 'vitest';
import type { Stepper } from '../fixtures/compiled.ts';
import { asked, executed, failure, gate, recorded, stepping } from '../fixtures/orders-runbook.ts';

const STORY = `
  - { id: look, effect: read, sql: SELECT 1 }
  - { id: outer, runbook: outer, with: { n: '\${{ steps.look.row.n }}' } }
  - { id: after, manual: Look. }
`;

const OUTER = `
name: outer
title: Outer
summary: It calls another.
inputs: { n: { type: number }, word: { default: none } }
targets: { db: { database: 'postgres://ada@db9/shop' } }
steps:
  - { id: first, effect: read, sql: 'SELECT \${{ inputs.n }}', on: db }
  - { id: inner, runbook: inner }
  - id: both
    parallel:
      - { id: one, effect: read, sql: SELECT 1, on: db }
      - { id: two, effect: read, sql: SELECT 2, on: db }
  - { id: change, effect: change, sql: 'SELECT do_it()', on: db, undo: { sql: SELECT back() } }
  - { id: done, finish: { outcome: resolved, summary: Done. } }
`;

const INNER = `
name: inner
title: Inner
summary: It looks.
targets: { db: { database: 'postgres://ada@db9/shop' } }
steps:
  - { id: x, effect: read, sql: SELECT 1 }
  - { id: y, effect: read, sql: SELECT 2 }
  - { id: done, finish: { outcome: resolved, summary: Looked. } }
`;

function inside(n: unknown = 3): Stepper {
  const run = stepping(STORY, {}, { others: { outer: OUTER, inner: INNER } });
  run.rows({ n: n as number });
  return run;
}

describe('a runbook that begins as a step', () => {
  test('knows its inputs, with their defaults, and nothing yet of its steps and targets', () => {
    const run = inside();
    const db = {
      ...{ engine: null, host: null, port: null, database: null, user: null },
      ...{ name: 'db', description: 'db' },
    };
    const call = run.at.effects.find(({ type }) => type === 'call')?.params;
    expect(call).toMatchObject({ step: 'outer', inputs: { n: 3, word: 'none' }, targets: { db } });
    const { outer } = run.at.snapshot.context.frames;
    const waiting = { status: 'waiting' };
    expect(outer?.steps).toEqual({
      ...{ first: waiting, inner: waiting, both: waiting, one: waiting, two: waiting },
      ...{ change: waiting, done: waiting },
    });
    expect(outer?.visits).toMatchObject({ first: 1, inner: 0, both: 0, change: 0, done: 0 });
    expect(outer?.targets).toEqual({ db });
  });

  test('knows its targets as well as the run knows those places already', () => {
    const place = { host: 'db1', port: 5432, database: 'shop', user: 'oncall' } as const;
    const facts = { ...place, name: 'db', engine: 'postgres', description: 'as written' } as const;
    const run = stepping(
      STORY,
      {},
      {
        others: { outer: OUTER, inner: INNER },
        openChild: (_, given) => ({
          ok: true,
          inputs: given,
          targets: { db: facts, other: { ...facts, name: 'other', host: 'db2' } },
        }),
      },
    );
    const learnt = { ...facts, description: 'PostgreSQL 18 on db1', isConnected: true as const };
    run.send({ type: 'CONNECTED', target: 'db', facts: learnt });
    run.rows({ n: 3 });
    expect(run.at.snapshot.context.frames.outer?.targets).toMatchObject({
      db: { name: 'db', description: 'PostgreSQL 18 on db1', isConnected: true },
      other: { name: 'other', description: 'as written', host: 'db2' },
    });
  });

  test('does not begin when a value for it cannot be had, and says which', () => {
    const run = stepping(STORY, {}, { others: { outer: OUTER, inner: INNER } });
    run.send(failure('timeout'));
    run.send({ type: 'SKIP', reason: 'no' });
    expect(run.state).toBe('outer.failed');
    expect(asked(run)).toMatchObject({
      error: {
        kind: 'config',
        message: 'the input "n": ${{ steps.look.row.n }} has no value: there is no "row"',
      },
    });
    expect(run.at.snapshot.context.frames).toEqual({});
  });
});

describe('a jump', () => {
  test('into a runbook in a runbook leads to the beginning of what does not run', () => {
    const run = inside();
    run.send(failure('timeout'));
    run.send({ type: 'JUMP.outer/inner/y' });
    expect(run.state).toBe('outer/inner/x.running');
    run.send(failure('timeout'));
    run.send({ type: 'JUMP.outer/inner/y' });
    expect(run.state).toBe('outer/inner/y.running');
    run.send(failure('timeout'));
    run.send({ type: 'JUMP.after' });
    run.send({ type: 'JUMP.outer/inner/y' });
    expect(run.state).toBe('outer/first.running');
  });

  test('out of a runbook ends it, and those that it runs', () => {
    const run = inside();
    run.rows({ n: 1 });
    expect(Object.keys(run.at.snapshot.context.frames)).toEqual(['outer', 'outer/inner']);
    run.send(failure('timeout'));
    run.send({ type: 'JUMP.outer/first' });
    expect(Object.keys(run.at.snapshot.context.frames)).toEqual(['outer']);
  });

  test('to a branch leads to all of them, and out of the runbook to its beginning', () => {
    const run = inside();
    run.send(failure('timeout'));
    run.send({ type: 'JUMP.outer/one' });
    expect(run.state).toContain('outer/both.together');
    expect(executed(run).map(({ step }) => step)).toEqual(['outer/one', 'outer/two']);
  });
});

test('an undo goes on with a run that was told to stop', () => {
  const run = inside();
  run.rows({ n: 1 });
  run.rows({ n: 1 });
  run.rows({ n: 1 });
  for (const step of ['outer/one', 'outer/two']) {
    const result = { columns: [], rows: [], row_count: 0 };
    run.send({ type: 'SUCCEEDED', result, at: '2026-01-01T00:00:01Z', elapsedMs: 0, step });
  }
  expect(run.state).toBe('outer/change.gate');
  run.send({ type: 'CONFIRM', digest: gate(run)?.digest ?? '' });
  run.send({ type: 'STOP' });
  run.rows();
  expect(run.at.snapshot.context.stopping).toBe(true);
  run.send({ type: 'UNDO.outer/change' });
  expect(run.at.snapshot.context.stopping).toBe(false);
  expect(gate(run)).toMatchObject({ part: 'undo' });
});

test('a run that is aborted says why, in its record', () => {
  const run = inside();
  run.send(failure('timeout'));
  run.send({ type: 'ABORT', reason: 'a false alarm' });
  expect(recorded(run, 'run.finished')).toEqual([
    { type: 'run.finished', outcome: 'aborted', summary: 'a false alarm' },
  ]);
});
