import { describe, expect, test } from 'vitest';
import type { Diagnostic } from '#runbook/diagnostic.ts';
import { compileExpression, decide, evaluate, type Scope } from '#runbook/expression/cel.ts';

const SCOPE: Scope = {
  inputs: { least: 4, none: null, exact: 9_007_199_254_740_993n },
  result: {
    row: { used: 18, usable: 20, share: 0.9, zero: 0, nothing: null, text: 'abc', ok: true },
    rows: [{ pid: 1 }, { pid: 2 }],
    row_count: 2,
  },
  steps: { early: { status: 'waiting' } },
};

function compiled(text: string) {
  const problems: Diagnostic[] = [];
  const expression = compileExpression(text, (offset) => offset, problems);
  if (expression === undefined) throw new Error(problems.map(({ message }) => message).join());
  return expression;
}

function evaluated(text: string) {
  const evaluation = evaluate(compiled(text), SCOPE);
  return evaluation.ok ? evaluation.value : `no value: ${evaluation.reason}`;
}

function problemsOf(text: string, wanted: 'value' | 'condition' = 'value'): readonly string[] {
  const problems: Diagnostic[] = [];
  compileExpression(text, (offset) => offset, problems, { wanted });
  return problems.map(
    ({ code, message, span }) => `${code}: ${message}: ${text.slice(span.start, span.end)}`,
  );
}

describe('integers and decimals mix', () => {
  test.each([
    ['result.row.used * 2', 36],
    ['result.row.usable * 0.9', 18],
    ['inputs.least * 2 + 1.5', 9.5],
    ['(result.row.used + 2) / 8', 2.5],
    ['result.rows.size() * 0.5', 1],
    ['result.row.used % 4', 2],
    ['-result.row.used + 0.5', -17.5],
    ['7 / 2', 3],
    ['7 / 2.0', 3.5],
    ['result.row.used / 4', 4.5],
    ['round(result.row.share)', 1],
    ['counted(1, "session waits", "sessions wait")', '1 session waits'],
    ['counted(size(["a", "b"]), "row")', '2 rows'],
    ['counted(0.0, "row")', '0 rows'],
    ['counted(1.0, "row")', '1 row'],
    ['result.row.used == 18', true],
    ['18 == result.row.used', true],
    ['result.row.used >= result.row.usable * 0.9', true],
    ['result.row.used in [17, 18]', true],
    ['result.row_count == result.rows.size()', true],
    ['inputs.exact + 1', 9_007_199_254_740_994n],
  ])('%s is %s', (text, expected) => {
    expect(evaluated(text)).toBe(expected);
  });
});

describe('lists are added up, compared and sorted', () => {
  test.each([
    ['[1, 2, 3].sum()', 6],
    ['[1, 2.5].sum()', 3.5],
    ['[].sum()', 0],
    ['result.rows.map(r, r.pid).sum() > 0', true],
    ['[inputs.least, 100].min()', 4],
    ['[3, 20, 7.5].max()', 20],
    ['["b", "a", "c"].sorted().join(",")', 'a,b,c'],
    ['[10, 9, 2].sorted()[0]', 2],
    ['"a b c".split(" ").last()', 'c'],
    ['[1, "a"].sum()', 'no value: sum() adds numbers, and one item is a text'],
    [
      '[result.row.nothing, 1].max()',
      'no value: only numbers, or only texts, have an order: there is null and a number',
    ],
    ['[].max()', 'no value: max() of an empty list has no value'],
    ['[].last()', 'no value: last() of an empty list has no value'],
  ])('%s is %s', (text, expected) => {
    expect(evaluated(text)).toEqual(expected);
  });

  test('of a text there is no sum, and nothing is before the first item', () => {
    expect(problemsOf('"a".sum()').join()).toContain('there is no function string.sum()');
    expect(problemsOf('[1, 2][-1]')).toEqual(['type-mismatch: an index counts from 0: -1']);
  });
});

describe('what has no value is neither true nor false', () => {
  test.each([
    ['result.row.missing > 5', 'there is no "missing"'],
    ['result.row.missing == null', 'there is no "missing"'],
    ['!result.row.missing', 'there is no "missing"'],
    ['steps.early.row.used > 5', 'there is no "row"'],
    ['result.rows[7].pid == 1', 'the list is not that long'],
    ['result.rows.all(r, r.age > 1)', 'there is no "age"'],
    ['result.row.nothing > 5', 'null > int has no value'],
    ['result.row.text > 5', 'string > int has no value'],
    ['result.row.used / result.row.zero > 0.9', 'division by zero'],
    ['result.row.zero / result.row.zero >= 0.9', 'division by zero'],
    ['result.row.used % result.row.zero == 0', 'division by zero'],
    ['result.rows.exists(r, r.pid / result.row.zero > 1)', 'division by zero'],
    ['1 / 0 == 1', 'division by zero'],
  ])('%s: %s', (text, reason) => {
    expect(decide(compiled(text), SCOPE)).toEqual({ value: undefined, reason });
  });

  test('nor is a value of another type', () => {
    expect(decide(compiled('result.row.text'), SCOPE)).toEqual({
      value: undefined,
      reason: '"result.row.text" is neither true nor false',
    });
  });

  test.each([
    ['result.row.missing || true', true],
    ['true || result.row.missing', true],
    ['result.row.missing && false', false],
    ['false && result.row.missing', false],
    ['result.row.zero > 0 && result.row.used / result.row.zero > 1', false],
  ])('where the other side decides, it does not matter: %s', (text, expected) => {
    expect(decide(compiled(text), SCOPE)).toEqual({ value: expected });
  });

  test.each(['result.row.missing || false', 'true && result.row.missing'])(
    'where the other side does not decide, it does: %s',
    (text) => {
      expect(decide(compiled(text), SCOPE)).toMatchObject({ value: undefined });
    },
  );
});

describe('a value that is null is there', () => {
  test.each([
    ['result.row.nothing == null', true],
    ['result.row.nothing != null', false],
    ['result.row.used == null', false],
    ['result.row.nothing == 5', false],
    ['inputs.none == null', true],
  ])('%s is %s', (text, expected) => {
    expect(evaluated(text)).toBe(expected);
  });
});

describe('has() tells whether a name is there', () => {
  test.each([
    ['has(result.row.used)', true],
    ['has(result.row.nothing)', true],
    ['has(result.row.missing)', false],
    ['has(steps.early.row)', false],
    ['has(result.row.missing) && result.row.missing > 5', false],
  ])('%s is %s', (text, expected) => {
    expect(evaluated(text)).toBe(expected);
  });

  test.each([
    ['has(steps.early.row.used)', false],
    ['!has(steps.early.row.used) && has(result.row.used)', true],
    ['has(steps.early.row.used) && steps.early.row.used > 5', false],
    ['10 / (has(steps.early.row.used) ? 2 : 5) == 2', true],
  ])('wherever its path ends: %s is %s', (text, expected) => {
    expect(evaluated(text)).toBe(expected);
  });
});

describe('an expression knows the names it reads', () => {
  const namesOf = (text: string) => compiled(text).names.map(({ path }) => path.join('.'));

  test.each([
    ['result.row.used > inputs.least', ['result.row.used', 'inputs.least']],
    ['result["row"].used', ['result.row.used']],
    ['result.rows[0].pid', ['result.rows']],
    ['result.rows.all(r, r.pid > inputs.least)', ['result.rows', 'inputs.least']],
    ['result.rows.exists(r, r.pid == 1) && r.pid > 1', ['result.rows', 'r.pid']],
    ['result.rows.filter(r, r.pid > 1).map(r, r.pid)', ['result.rows']],
    ['result.rows.map(r, [1].map(s, s + r.pid + t))', ['result.rows', 't']],
    ['has(result.row)', ['result.row']],
    ['"result.row" == error.kind', ['error.kind']],
  ])('%s reads %j', (text, expected) => {
    expect(namesOf(text)).toEqual(expected);
  });

  test('each with its place', () => {
    const text = 'result.row.used > inputs.least';
    const places = compiled(text).names.map(({ span }) => text.slice(span.start, span.end));
    expect(places).toEqual(['result.row.used', 'inputs.least']);
  });
});

describe('what cannot be evaluated is found when it is compiled', () => {
  test.each([
    ['', 'expression-syntax: this is not an expression: it ends too early: '],
    ['result.row >', 'expression-syntax: this is not an expression: it ends too early: '],
    ['a b', "expression-syntax: this is not an expression: Unexpected character: 'b': b"],
    ['"a', 'expression-syntax: this is not an expression: Unterminated string: "a'],
    [
      'result.rows.lenght() > 1',
      'expression-syntax: this is not an expression: there is no method lenght(): lenght',
    ],
    [
      'size(1, 2) > 1',
      'expression-syntax: this is not an expression: there is no function size(int, int): size(1, 2)',
    ],
    [
      '"20" > 10',
      'expression-syntax: this is not an expression: string > int has no value: "20" > 10',
    ],
    [
      '!error.kind.size()',
      'expression-syntax: this is not an expression: !int has no value: !error.kind.size()',
    ],
    [
      'error.message.matches("a(?=b)")',
      'regex-unsupported: this pattern cannot be used: lookahead and lookbehind are not supported: "a(?=b)"',
    ],
    [
      '[1].exists(x, "a".matches("(a"))',
      'regex-syntax: this pattern cannot be used: missing closing ): "(a"',
    ],
  ])('%s', (text, expected) => {
    expect(problemsOf(text)).toEqual([expected]);
  });

  test('a condition that is never true or false', () => {
    expect(problemsOf('error.kind.size()', 'condition')).toEqual([
      'wrong-type: this is always a number, never true or false: error.kind.size()',
    ]);
    expect(problemsOf('result.row.used', 'condition')).toEqual([]);
  });

  test('nesting without end', () => {
    expect(problemsOf(`${'('.repeat(10_000)}1`)).toEqual([
      expect.stringContaining('Exceeded maxDepth'),
    ]);
  });
});

describe('values leave an expression as data', () => {
  test.each([
    ['result.rows.map(r, r.pid)', [1, 2]],
    ['{"a": result.row.used}', { a: 18 }],
    ['timestamp("2026-11-21T03:12:00Z")', '2026-11-21T03:12:00.000Z'],
    ['1u', '1'],
  ])('%s', (text, expected) => {
    expect(evaluated(text)).toEqual(expected);
  });

  test('a name that objects have by themselves is missing', () => {
    expect(evaluated('result.row.constructor')).toBe('no value: there is no "constructor"');
    expect(evaluated('result.row.__proto__')).toBe('no value: there is no "__proto__"');
  });
});
