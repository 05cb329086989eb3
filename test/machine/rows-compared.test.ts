import { describe, expect, test } from 'vitest';
import { isPartOf } from '#machine/context/rechecking.ts';
import { rowChanges } from '#machine/context/row-changes.ts';
import { stablePart } from '#runbook/model/row-columns.ts';
import type { Json } from '#runbook/model/value.ts';
import type { Action } from '#safety/actions/action.ts';

type Row = Readonly<Record<string, Json>>;

function reading(...rows: readonly Row[]) {
  return { columns: Object.keys(rows[0] ?? {}), rows };
}

function session(app: string, pid: number, state: string): Row {
  return { app, pid, state };
}

describe('a row without the columns that only inform', () => {
  test('has all the others', () => {
    expect(stablePart({ pid: 1, idle: 10, age: 3 }, ['idle', 'age'])).toEqual({ pid: 1 });
  });

  test('is the whole row where all of them only inform', () => {
    expect(stablePart({ idle: 10 }, ['idle'])).toEqual({ idle: 10 });
  });
});

describe('a row with other values is found again by the first columns that tell all rows apart', () => {
  test('by the second where the first is the same in all', () => {
    const before = reading(session('web', 1, 'idle'), session('web', 2, 'idle'));
    const now = reading(session('web', 2, 'active'), session('web', 1, 'busy'));
    expect(rowChanges(before, now, [])).toEqual({
      same: [],
      changed: [
        { row: session('web', 1, 'idle'), now: session('web', 1, 'busy') },
        { row: session('web', 2, 'idle'), now: session('web', 2, 'active') },
      ],
      gone: [],
      added: [],
    });
  });

  test('which have to tell apart the rows of both readings', () => {
    const before = reading(session('web', 1, 'idle'));
    const now = reading(session('web', 2, 'idle'), session('web', 1, 'active'));
    expect(rowChanges(before, now, [])).toEqual({
      same: [],
      changed: [{ row: session('web', 1, 'idle'), now: session('web', 1, 'active') }],
      gone: [],
      added: [session('web', 2, 'idle')],
    });
  });

  test('never by one that only informs', () => {
    const before = reading({ idle: 1, pid: 7, state: 'idle' });
    const now = reading({ idle: 2, pid: 7, state: 'active' });
    expect(rowChanges(before, now, ['idle']).changed).toEqual([
      { row: before.rows[0], now: now.rows[0] },
    ]);
  });

  test('and is another row where none do', () => {
    const before = reading({ state: 'idle' }, { state: 'idle' });
    const now = reading({ state: 'active' });
    expect(rowChanges(before, now, [])).toEqual({
      same: [],
      changed: [],
      gone: before.rows,
      added: now.rows,
    });
  });
});

describe('a statement from some of the rows', () => {
  const sql = (...values: readonly Json[]): Action => ({
    kind: 'sql',
    text: 'SELECT f($1)',
    values,
    target: 'db',
    readOnly: false,
    timeoutMs: 1_000,
    origin: [],
  });
  const script = { kind: 'shell', script: 'date' } as unknown as Action;

  test.each<[string, Action, Action, boolean]>([
    ['binds some values of the one from all', sql(1, 3), sql(1, 2, 3), true],
    ['may bind none of them', sql(), sql(1), true],
    ['may bind all of them', sql(1, 2), sql(1, 2), true],
    ['binds no other value', sql(4), sql(1, 2, 3), false],
    ['binds no value more often', sql(1, 1), sql(1, 2), false],
    ['binds them in their order', sql(2, 1), sql(1, 2), false],
    ['binds a list as the whole list', sql([1]), sql([1, 2]), false],
    ['is no script', script, sql(1), false],
    ['is of no script', sql(), script, false],
    ['is neither', script, script, false],
  ])('%s', (_, some, all, expected) => {
    expect(isPartOf(some, all)).toBe(expected);
  });
});
