import { describe, expect, test } from 'vitest';
import { compileExpression, decide } from '#runbook/expression/cel.ts';
import { compileRegex } from '#runbook/expression/regex.ts';
import { draws, fc } from '../../support/properties.ts';

function decided(text: string, scope: { readonly [name: string]: string | null }) {
  const expression = compileExpression(text, (offset) => offset, []);
  if (expression === undefined) throw new Error(`${text} is no expression`);
  return decide(expression, scope);
}

describe('matches() looks for a pattern in a text', () => {
  test.each([
    ['a.matches("b+")', 'abbc', true],
    ['a.matches("^b")', 'abbc', false],
    ['a.matches("(?i)ABB")', 'abbc', true],
    ['a.matches(r"\\d{2}")', 'a42', true],
    ["a . matches ('4.')", 'a42', true],
    ['("x" + a).matches("^xa")', 'a42', true],
    ['a.matches("a") && !a.matches("z")', 'a42', true],
    ['[a].exists(one, one.matches("4"))', 'a42', true],
    ['a.matches(a)', 'abc', true],
  ])('%s of %s is %s', (text, a, expected) => {
    expect(decided(text, { a })).toEqual({ value: expected });
  });

  test.each([
    ['a.matches(b)', { a: 'x', b: '(' }, 'the pattern cannot be used: missing closing )'],
    ['a.matches("x")', { a: null }, 'null has no matches()'],
  ])('and has no value where it cannot: %s', (text, scope, reason) => {
    expect(decided(text, scope)).toMatchObject({
      value: undefined,
      reason: expect.stringContaining(reason),
    });
  });
});

describe('no pattern takes longer than its text', () => {
  const text = `${'a'.repeat(50_000)}!`;

  test.each(['^(a+)+$', '(a|aa)+$', '(a*)*b', '^(a?){30}a{30}$', '(.*)*x(.*)*y', '(a|a|a)*$'])(
    '%s',
    (pattern) => {
      const { regex } = compileRegex(pattern);
      const before = process.cpuUsage();
      regex?.matches(text);
      const { user, system } = process.cpuUsage(before);
      expect(regex).toBeDefined();
      expect((user + system) / 1_000).toBeLessThan(3_000);
    },
  );

  test('nor in a condition', () => {
    const before = process.cpuUsage();
    expect(decided('a.matches("^(a+)+$")', { a: `${'a'.repeat(28)}!` })).toEqual({ value: false });
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1_000).toBeLessThan(500);
  });

  test('whatever pattern it is', () => {
    const piece = fc.constantFrom(...'ab.*+?()[]{}|^$\\1dw,-', '(?:', '(?=', '{2,}', '[^', '(?i)');
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const before = process.cpuUsage();
        const { regex, problem } = compileRegex(pieces.join(''));
        regex?.matches('ab'.repeat(500));
        const { user, system } = process.cpuUsage(before);
        expect((user + system) / 1_000).toBeLessThan(1_000);
        if (problem === undefined) return;
        expect(problem.message).not.toMatch(/undefined|Error/);
        expect(problem.at + problem.length).toBeLessThanOrEqual(pieces.join('').length);
      }),
      draws(500),
    );
  });
});

describe('what is not part of the language is said to be so, with what to write', () => {
  test.each([
    ['a(?=b)', 'lookahead and lookbehind', 2],
    ['(?<!b)a', 'lookahead and lookbehind', 0],
    ['(a)\\1', 'backreferences', 3],
    ['a++', 'possessive quantifiers', 1],
    ['(?>a)', 'possessive quantifiers', 0],
  ])('%s', (pattern, what, at) => {
    const { problem } = compileRegex(pattern);
    expect(problem?.code).toBe('regex-unsupported');
    expect(problem?.message).toContain(what);
    expect(problem?.at).toBeGreaterThanOrEqual(Math.min(at, 1));
  });

  test.each(['(a', 'a)', '[a', '*a', 'a{2,1}', '\\q', 'a{1001}', 'x'.repeat(10_001)])(
    '%s',
    (pattern) => {
      expect(compileRegex(pattern).problem?.code).toBe('regex-syntax');
    },
  );
});
