import { describe, expect, test } from 'vitest';
import { bindForMysql, type MysqlBound, mysqlTokens } from '#steps/mysql/placeholders.ts';
import { fc } from '../../support/properties.ts';

function bound(text: string, values: readonly (string | number)[]): MysqlBound {
  const it = bindForMysql(text, values);
  if ('reason' in it) throw new Error(it.reason);
  return it;
}

describe('values go by their order', () => {
  test.each<[string, (string | number)[], string, (string | number)[]]>([
    ['SELECT $1, $2', ['a', 'b'], 'SELECT ?, ?', ['a', 'b']],
    ['SELECT $2, $1, $2', ['a', 'b'], 'SELECT ?, ?, ?', ['b', 'a', 'b']],
    ['(a, b) IN (($1, $2), ($3, $4))', [1, 2, 3, 4], '(a, b) IN ((?, ?), (?, ?))', [1, 2, 3, 4]],
    ['a=$1', ['x'], 'a=?', ['x']],
    ['a>$1-- $1\n', ['x'], 'a>?-- $1\n', ['x']],
    ['5--$1', ['x'], '5--?', ['x']],
    [
      'SELECT $1,$2,$3,$4,$5,$6,$7,$8,$9,$10',
      [...'abcdefghij'],
      'SELECT ?,?,?,?,?,?,?,?,?,?',
      [...'abcdefghij'],
    ],
  ])('%s', (text, values, expected, order) => {
    expect(bound(text, values)).toMatchObject({ text: expected, values: order });
  });
});

test.each([
  `'$2 ?'`,
  `'it''s $2 ?'`,
  `'it\\'s $2 ?'`,
  `"say ""$2 ?"""`,
  '"say \\"$2 ?"',
  '`a ``$2 ?`',
  '/* $2 ? */',
  '/*! $2 ? */',
  '# $2 ?\n',
  '-- $2 ?\n',
  'a$2',
  'é$2',
  '$2a',
  '1$2',
])('what is no place for a value stays as it is: %s', (text) => {
  expect(bound(`SELECT $1 ${text} x`, [1])).toMatchObject({
    text: `SELECT ? ${text} x`,
    values: [1],
  });
});

test.each<[string, number, RegExp]>([
  [`SELECT '$1'`, 7, /in quotes/],
  ['SELECT `$1`', 7, /in quotes/],
  ['SELECT 1 -- $1', 9, /in a comment/],
  ['SELECT prefix_$1', 7, /part of a name/],
  [`SELECT 'unclosed $1`, 7, /in quotes/],
  ['SELECT $1, ?', 11, /takes a \? for one/],
  ['SELECT $1, $2', 11, /no value for \$2/],
  ['SELECT 1', 0, /cannot be bound/],
])('a value that cannot be bound is refused at its place: %s', (text, at, reason) => {
  expect(bindForMysql(text, ['x'])).toEqual({ at, reason: expect.stringMatching(reason) });
});

test('without values nothing is touched', () => {
  const text = `SELECT ?, $1 FROM t WHERE a = '$2'`;
  expect(bound(text, [])).toMatchObject({ text, values: [] });
});

describe('KILL', () => {
  test.each([
    ['KILL $1', 'KILL 7'],
    ['/* end it */ kill query $1;', '/* end it */ kill query 7;'],
    ['KILL HARD CONNECTION $1', 'KILL HARD CONNECTION 7'],
  ])('takes a number as part of the statement: %s', (text, expected) => {
    expect(bound(text, [7])).toMatchObject({ text: expected, values: [] });
  });

  test.each([['5; DROP TABLE t'], ['5'], [1.5], [-1], [2 ** 53], [null], [true], [[5]]])(
    'takes nothing else: %j',
    (value) => {
      expect(bindForMysql('KILL $1', [value])).toEqual({
        at: 5,
        reason: 'KILL takes the number of a session, as a number',
      });
    },
  );

  test('is known by its first word alone', () => {
    expect(bound(`SELECT 'KILL', $1`, [7])).toMatchObject({
      text: `SELECT 'KILL', ?`,
      values: [7],
    });
  });
});

test('a place in what is sent is a place in what was written', () => {
  const values = [...'abcdefghijk'];
  const written = `SELECT $11, $10, nope ${'$1 $2 $3 $4 $5 $6 $7 $8 $9'}`;
  const { text, originOf } = bound(written, values);
  for (const part of ['SELECT', '?, nope', 'nope'])
    expect(originOf(text.indexOf(part))).toBe(written.indexOf(part.replace('?', '$10')));
  expect(originOf(text.length)).toBe(written.length);
});

test('a statement is the sum of its pieces, whatever it holds', () => {
  const text = fc.string({ unit: fc.constantFrom(...`'"\`\\$?-#/*! \n\t;()a1é😀`) });
  fc.assert(
    fc.property(text, (statement) => {
      const tokens = mysqlTokens(statement);
      expect(tokens.map((token) => token.text).join('')).toBe(statement);
      for (const token of tokens)
        expect(statement.slice(token.at, token.at + token.text.length)).toBe(token.text);
    }),
  );
});

describe('a statement about accounts has its names written, for it binds none', () => {
  test.each<[string, (string | number)[], string]>([
    [
      'ALTER USER $1@$2 WITH MAX_USER_CONNECTIONS $3',
      ['shop', '%', 6],
      "ALTER USER 'shop'@'%' WITH MAX_USER_CONNECTIONS 6",
    ],
    [
      'ALTER USER $1@$2 ACCOUNT UNLOCK',
      ['shop', '10.%'],
      "ALTER USER 'shop'@'10.%' ACCOUNT UNLOCK",
    ],
    [
      'grant SELECT ON $1.* TO $2@$3',
      ['shop_live', 'web', '%'],
      "grant SELECT ON `shop\\_live`.* TO 'web'@'%'",
    ],
    [
      'REVOKE SELECT ON $1.* FROM $2@$3',
      ['a', 'b', '::1'],
      "REVOKE SELECT ON `a`.* FROM 'b'@'::1'",
    ],
  ])('%s', (text, values, expected) => {
    expect(bound(text, values)).toMatchObject({ text: expected, values: [] });
  });

  test.each(["o'brien", 'a`b', 'a\\b', '', 'a b', 'a"b', 'a\u0000', 'é'])('but not %j', (name) => {
    expect(bindForMysql('ALTER USER $1@$2 ACCOUNT UNLOCK', [name, '%'])).toMatchObject({
      reason: expect.stringContaining('names of letters'),
      at: 11,
    });
  });
});

test('a value of any other ALTER is bound, and so refused by the server', () => {
  expect(bound('ALTER TABLE $1 ADD x int', ['a'])).toMatchObject({ values: ['a'] });
});
