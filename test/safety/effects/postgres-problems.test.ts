import { expect, test } from 'vitest';
import { judgeLine, literal } from '#safety/effects/judge-line.ts';
import { judgeSql } from '#safety/effects/judge-sql.ts';
import { firstWord, inferPostgres } from '#safety/effects/postgres/infer.ts';
import { postgresProblems } from '#safety/effects/postgres/problems.ts';
import { fieldsOf, namesIn, offsetOfByte } from '#safety/effects/postgres/syntax.ts';

/** The problem of a text at which the parser throws this. */
function problemOf(sql: string, error: unknown) {
  return postgresProblems(sql, () => {
    throw error;
  });
}

const at = (cursorPosition: number) =>
  Object.assign(new Error('wrong'), { sqlDetails: { cursorPosition } });

test.each([
  ['SELECT a b c', 9, 9, 10],
  ['SELECT abc$1_d x', 7, 7, 14],
  ['SELECT , x', 7, 7, 8],
  ['SELECT é😀x y', 11, 12, 13],
  ['é😀 x', 3, 4, 5],
  ['\u{10000} x', 2, 3, 4],
  ['SELECT', 6, 6, 6],
  ['SELECT', 99, 6, 6],
  ['SELECT  x', 7, 7, 7],
])('%j is wrong at character %i: from %i to %i', (sql, character, start, end) => {
  expect(problemOf(sql, at(character))).toEqual([
    { message: 'wrong', span: { start, end }, isSyntax: true },
  ]);
});

test('a text that is too deep for the parser is not wrong', () => {
  const span = { start: 0, end: 8 };
  expect(problemOf('SELECT 1', new RangeError('stack'))).toEqual([
    { message: 'it is nested too deeply', span, isSyntax: false },
  ]);
  expect(problemOf('SELECT 1', new Error('boom'))).toEqual([
    { message: 'boom', span, isSyntax: false },
  ]);
  expect(problemOf('SELECT 1', 'boom')).toEqual([{ message: 'boom', span, isSyntax: false }]);
});

test('what the parser of PostgreSQL cannot read is not taken for MySQL', () => {
  const postgres = () => {
    throw new RangeError('stack');
  };
  const line = { text: 'SELECT 1', target: 'db', kind: 'sql', engine: undefined } as const;
  const judged = judgeLine(line, { shell: undefined, postgres });
  expect(judged).toMatchObject({
    effect: 'change',
    certain: false,
    because: ['PostgreSQL cannot read this: it is nested too deeply'],
  });
});

test('what the parser of PostgreSQL cannot read is an error where the engine is known', () => {
  const postgres = () => {
    throw new RangeError('stack');
  };
  const { problems } = judgeSql(literal('SELECT 1'), 'postgres', { shell: undefined, postgres });
  expect(problems.map(({ code }) => code)).toEqual(['sql-syntax']);
});

test.each([
  ['PAUSE', 'destructive'],
  ['  pause   shop ;  ', 'destructive'],
  ['PAUSE shop-1 x_2', 'destructive'],
  ['PAUSE shop;;', undefined],
  ['PAUSE shop!', undefined],
  ['xPAUSE', undefined],
  ['! PAUSE', undefined],
  ['', undefined],
  ['constructor', undefined],
])('a command of the console of PgBouncer: %j is %s', (sql, effect) => {
  const [problem] = problemOf(sql, new Error('wrong'));
  expect(problem === undefined).toBe(effect !== undefined);
});

test('an offset in bytes is one in characters, however long they are', () => {
  const text = 'a\u007f\u0080\u07ff\u0800\uffff😀b';
  const offsets = [0, 1, 2, 4, 6, 9, 12, 16, 17, 99];
  expect(offsets.map((bytes) => offsetOfByte(text, bytes))).toEqual([0, 1, 2, 3, 4, 5, 6, 8, 9, 9]);
});

test('what is no object has no fields, and what is no text no name', () => {
  expect([null, undefined, 1, 'a'].map(fieldsOf)).toEqual([{}, {}, {}, {}]);
  expect(namesIn([{ A_Star: {} }, { String: { sval: 'a' } }])).toEqual(['', 'a']);
});

test.each(['{"stmts":[]}', '{}'])('a text that can be parsed has no problem', (tree) => {
  expect(postgresProblems('', () => JSON.parse(tree))).toEqual([]);
});

test.each([
  ['DROP TABLE t', 0, 'DROP'],
  [' \n-- one\n--\n/* two\n 3 */ /**/DROP TABLE t', 0, 'DROP'],
  ['SELECT 1; /* DROP */ VACUUM', 9, 'VACUUM'],
  ['(SELECT 1)', 0, '('],
  ['-- nothing', 0, ''],
])('the first word of %j from %i on is %j', (sql, from, word) => {
  const { start, end } = firstWord(sql, from);
  expect(sql.slice(start, end)).toBe(word);
  expect(end).toBeLessThanOrEqual(sql.length);
});

test.each(['', 'SELECT 1\0; DROP TABLE t'])('the whole of %j is named', (sql) => {
  const { because } = inferPostgres(sql, () => ({ stmts: [] }));
  expect(because.map(({ span }) => span)).toEqual([{ start: 0, end: sql.length }]);
});

test('a character of four bytes is one of two units, from the first such on', () => {
  expect(offsetOfByte('\u{10000}xy', 5)).toBe(3);
  expect(offsetOfByte('\uffffxy', 4)).toBe(2);
});
