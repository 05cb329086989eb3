import { describe, expect, test } from 'vitest';
import type { PinnedRows } from '#events/log/parts.ts';
import { groupedRows, rowsNamed } from '#events/wording/row-groups.ts';
import type { Row } from '#runbook/model/value.ts';

const NO_VALUES = { kind: 'sql', values: [] } as const;

function pinned(rows: readonly Row[]): PinnedRows {
  return { columns: Object.keys(rows[0] ?? {}), rows, freshForMs: 30_000, at: '' };
}

/** Idle sessions as a runbook lists them; each of its own client, with a statement of its own. */
function sessions(count: number, other: (at: number) => Row = () => ({})): readonly Row[] {
  return Array.from({ length: count }, (_, at) => ({
    pid: 4_000 + at,
    application: 'shop-web',
    idle: `00:${String(10 + (at % 40)).padStart(2, '0')}:00`,
    client: `10.0.7.${at}`,
    last_query: `SELECT * FROM carts WHERE id = ${at}`,
    ...other(at),
  }));
}

describe('the rows of a gate', () => {
  test('that differ only in what identifies them and in numbers are one group', () => {
    const { alike, table } = groupedRows(NO_VALUES, pinned(sessions(400)));
    expect(alike).toEqual(['application shop-web']);
    const silent = groupedRows(NO_VALUES, pinned(sessions(6, () => ({ last_query: '' }))));
    expect(silent.alike).toContain('last_query (empty)');
    expect(table.rows).toEqual([
      {
        ...{ '#': 'a', rows: 400, pid: '4000 …', idle: '00:10:00 – 00:49:00' },
        ...{ client: '400 values', last_query: 'SELECT * FROM carts WHERE id = ?' },
      },
    ]);
  });

  test('are grouped by who, for how long and doing what; the few come before the many', () => {
    const rows = sessions(40, (at) => ({
      ...(at === 7 ? { application: 'billing' } : {}),
      ...(at === 8 || at === 9 ? { idle: `3 days 04:00:0${at}` } : {}),
      ...(at === 11 ? { last_query: null } : {}),
    }));
    const { table, groups } = groupedRows(NO_VALUES, pinned(rows));
    expect(table.rows.map((row) => [row.rows, row.pid, row.application, row.idle])).toEqual([
      [1, 4007, 'billing', '00:17:00'],
      [1, 4011, 'shop-web', '00:21:00'],
      [2, '4008 …', 'shop-web', '3 days 04:00:08 – 3 days 04:00:09'],
      [36, '4000 …', 'shop-web', '00:10:00 – 00:49:00'],
    ]);
    expect(groups.get('c')).toEqual([9, 10]);
  });

  test('of which some hold others up are told apart from the rest', () => {
    const rows = sessions(12, (at) => ({ blocks: at < 2 ? at + 3 : 0 }));
    const { table } = groupedRows(NO_VALUES, pinned(rows));
    expect(table.rows.map(({ rows: count, blocks }) => [count, blocks])).toEqual([
      [2, '3 – 4'],
      [10, 0],
    ]);
  });

  test('that have little in common, or are few, stay as they are', () => {
    const different = sessions(9, (at) => ({ last_query: `SELECT ${'a'.repeat(at + 1)} FROM t` }));
    expect(groupedRows(NO_VALUES, pinned(different)).table.rows).toHaveLength(9);
    expect(groupedRows(NO_VALUES, pinned(sessions(4))).table.rows).toHaveLength(4);
  });

  test('that have a column named like those of the groups are not grouped', () => {
    const rows = sessions(9, () => ({ rows: 1 }));
    expect(groupedRows(NO_VALUES, pinned(rows)).groups.size).toBe(0);
  });
});

test('a group is left out by its letter, a row by its first value, which comes first', () => {
  const rows = sessions(12, (at) => (at < 2 ? { application: 'billing' } : {}));
  const gate = { preview: pinned(rows), action: { ...NO_VALUES, text: '', where: '' } } as const;
  expect(rowsNamed({ ...gate, action: { ...gate.action, values: [] } }, 'a, 4005')).toEqual({
    rows: [1, 2, 6],
  });
  const named = rows.map((row, at) => (at === 4 ? { ...row, pid: 'a' } : row));
  const other = { ...gate, preview: pinned(named), action: { ...gate.action, values: [] } };
  expect(rowsNamed(other, 'a')).toEqual({ rows: [5] });
  expect(rowsNamed(other, 'z')).toEqual({ rows: [0] });
});
