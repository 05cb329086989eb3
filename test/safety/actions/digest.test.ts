import { describe, expect, test } from 'vitest';
import { type ConfirmedAction, digestOf } from '#safety/actions/digest.ts';
import type { ShellAction } from '#safety/kinds/shell.ts';
import type { SqlAction } from '#safety/kinds/sql.ts';
import { sha256 } from '../../fixtures/compiled.ts';
import { fc } from '../../support/properties.ts';

const SQL: SqlAction = {
  kind: 'sql',
  target: 'db',
  text: 'SELECT end_it($1, $2)',
  values: [1, 'a'],
  readOnly: false,
  timeoutMs: 10_000,
  origin: [{ at: 0, source: 100, exact: true }],
};

const SHELL: ShellAction = {
  kind: 'shell',
  target: 'here',
  script: 'restart orders',
  env: { QUEUE: 'orders', SHOP: 'one' },
  cwd: '/srv',
  stdin: 'yes',
  okExit: [0],
  parse: 'text',
  interactive: false,
  readOnly: false,
  timeoutMs: 60_000,
};

const CONFIRMED: ConfirmedAction = {
  step: 'terminate',
  action: SQL,
  where: 'postgres oncall@db1:5432/shop',
  rows: [{ pid: 7, started: '03:00' }],
};

const digest = (confirmed: ConfirmedAction) => digestOf(confirmed, sha256);
const ofSql = (change: Partial<SqlAction>) =>
  digest({ ...CONFIRMED, action: { ...SQL, ...change } });
const ofShell = (change: Partial<ShellAction>) =>
  digest({ ...CONFIRMED, action: { ...SHELL, ...change } });

describe('any change of what will run changes its digest', () => {
  test.each<[string, string]>([
    ['the text', ofSql({ text: 'SELECT end_it($2, $1)' })],
    ['a space in the text', ofSql({ text: 'SELECT  end_it($1, $2)' })],
    ['a value', ofSql({ values: [2, 'a'] })],
    ['the type of a value', ofSql({ values: ['1', 'a'] })],
    ['the order of values', ofSql({ values: ['a', 1] })],
    ['one value more', ofSql({ values: [1, 'a', null] })],
    ['where two values part', ofSql({ values: [1, 'a', ''] })],
    ['the target', ofSql({ target: 'db2' })],
    ['the transaction', ofSql({ readOnly: true })],
    ['the timeout', ofSql({ timeoutMs: 10_001 })],
    ['the server', digest({ ...CONFIRMED, where: 'postgres oncall@db2:5432/shop' })],
    ['the step', digest({ ...CONFIRMED, step: 'terminate_all' })],
    ['a pinned row', digest({ ...CONFIRMED, rows: [{ pid: 7, started: '03:01' }] })],
    ['one row more', digest({ ...CONFIRMED, rows: [...CONFIRMED.rows, { pid: 8 }] })],
    ['no rows', digest({ ...CONFIRMED, rows: [] })],
  ])('%s', (_, changed) => {
    expect(changed).not.toBe(digest(CONFIRMED));
  });

  test.each<[string, string]>([
    ['the script', ofShell({ script: 'restart orders; id' })],
    ['a variable', ofShell({ env: { QUEUE: 'orders', SHOP: 'two' } })],
    ['the name of a variable', ofShell({ env: { QUEUE: 'orders', SHOPS: 'one' } })],
    ['the folder', ofShell({ cwd: '/' })],
    ['no folder', ofShell({ cwd: undefined })],
    ['the input', ofShell({ stdin: 'no' })],
    ['what counts as success', ofShell({ okExit: [0, 1] })],
  ])('of a script: %s', (_, changed) => {
    expect(changed).not.toBe(ofShell({}));
  });

  test('the order of the pinned rows', () => {
    const rows = [{ pid: 7 }, { pid: 8 }];
    expect(digest({ ...CONFIRMED, rows })).not.toBe(
      digest({ ...CONFIRMED, rows: rows.toReversed() }),
    );
  });
});

describe('what does not change what will run does not change its digest', () => {
  test('the order of keys', () => {
    const reversed = Object.fromEntries(Object.entries(SHELL).toReversed()) as ShellAction;
    expect(digest({ ...CONFIRMED, action: reversed })).toBe(ofShell({}));
    expect(ofShell({ env: { SHOP: 'one', QUEUE: 'orders' } })).toBe(ofShell({}));
    expect(digest({ ...CONFIRMED, rows: [{ started: '03:00', pid: 7 }] })).toBe(digest(CONFIRMED));
  });

  test('where the text stands in the runbook file', () => {
    expect(ofSql({ origin: [{ at: 0, source: 7, exact: true }] })).toBe(digest(CONFIRMED));
  });
});

test('what is hashed stays as it is, since records of earlier versions hold its digests', () => {
  const text = (action: SqlAction | ShellAction) =>
    digestOf({ ...CONFIRMED, action, item: 2, server: undefined }, (hashed) => hashed);
  expect(text(SQL)).toBe(
    '{"action":{"kind":"sql","origin":[],"readOnly":false,"target":"db",' +
      '"text":"SELECT end_it($1, $2)","timeoutMs":10000,"values":[1,"a"]},"item":2,' +
      '"rows":[{"pid":7,"started":"03:00"}],"step":"terminate",' +
      '"where":"postgres oncall@db1:5432/shop"}',
  );
  expect(text({ ...SHELL, cwd: undefined })).toBe(
    '{"action":{"env":{"QUEUE":"orders","SHOP":"one"},"interactive":false,"kind":"shell",' +
      '"okExit":[0],"parse":"text","readOnly":false,"script":"restart orders","stdin":"yes",' +
      '"target":"here","timeoutMs":60000},"item":2,"rows":[{"pid":7,"started":"03:00"}],' +
      '"step":"terminate","where":"postgres oncall@db1:5432/shop"}',
  );
});

test('two lists of rows have the same digest only if they are equal', () => {
  const cell = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
  const rows = fc.array(fc.dictionary(fc.string(), cell, { noNullPrototype: true }), {
    maxLength: 3,
  });
  fc.assert(
    fc.property(rows, rows, (one, two) => {
      const isSame = digest({ ...CONFIRMED, rows: one }) === digest({ ...CONFIRMED, rows: two });
      expect(isSame).toBe(canonicalOf(one) === canonicalOf(two));
    }),
  );
});

function canonicalOf(rows: readonly object[]): string {
  return JSON.stringify(
    rows.map((row) => Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1))),
  );
}
