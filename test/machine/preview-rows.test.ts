import { expect, test } from 'vitest';
import { itemsOfRows, linesOfRows, listedRows } from '#machine/context/preview-rows.ts';
import type { Json } from '#runbook/model/value.ts';

test.each([
  ['the rows of a statement', { columns: ['a'], rows: [{ a: 1 }], row_count: 7 }, [{ a: 1 }]],
  ['the lines of a script', { stdout: '', lines: ['x', 'y'] }, [{ line: 'x' }, { line: 'y' }]],
  ['the items of JSON', { json: [{ a: 1 }, { b: 2 }, 3] }, [{ a: 1 }, { b: 2 }, { item: 3 }]],
  ['an object', { json: { a: [1] } }, [{ a: [1] }]],
  ['no items', { json: [] }, []],
  [
    'an answer without JSON',
    { status_code: 204, json: null, text: '' },
    [{ status: 204, text: '' }],
  ],
  ['the fields of a probe', { ok: true, ms: 3, stages: {} }, [{ ok: true }]],
])('%s become rows', (_, result, rows) => {
  expect(listedRows(result)).toMatchObject({ rows });
});

test('what is cut off becomes none, but the rows of a statement know how many there were', () => {
  expect(listedRows({ status_code: 200, json: null, text: '[1', truncated: true })).toBeUndefined();
  const cut = { columns: ['a'], rows: [{ a: 1 }], row_count: 9, truncated: true };
  expect(listedRows(cut)).toBe(cut);
});

test('an item keeps the order of all columns, so that the same item is the same row', () => {
  const rowsOf = (json: Json) => listedRows({ json })?.rows as readonly Json[];
  const [, second] = rowsOf([
    { a: 1, b: 2 },
    { b: 2, a: 1 },
  ]);
  const [only] = rowsOf([{ a: 1, b: 2 }]);
  expect(JSON.stringify(second)).toBe(JSON.stringify(only));
});

test('rows lead back to the lines and items that they were made of', () => {
  expect(linesOfRows({ columns: ['line'], rows: [{ line: 'x' }] })).toEqual(['x']);
  expect(linesOfRows({ columns: ['a'], rows: [{ a: 'x' }] })).toBeUndefined();
  expect(itemsOfRows({ columns: ['item'], rows: [{ item: 1 }] })).toEqual([1]);
  expect(itemsOfRows({ columns: ['a'], rows: [{ a: 1 }] })).toEqual([{ a: 1 }]);
});
