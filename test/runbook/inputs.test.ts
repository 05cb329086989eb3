import { describe, expect, test } from 'vitest';
import { inputValues } from '#run/values/inputs.ts';
import type { InputDefinition } from '#runbook/model/input-definition.ts';
import { acceptedText, inputRefusal, inputText, parseInput } from '#runbook/model/input-text.ts';
import { parseRunbook } from '#runbook/parse.ts';

function parsed(input: string, step = 'manual: x') {
  const text = `name: inputs
title: Inputs
summary: Inputs
inputs: { x: ${input} }
steps:
  - { id: first, ${step} }
  - { id: end, finish: { outcome: resolved, summary: It is over. } }
`;
  return parseRunbook({ file: 'x', text });
}

function problemsOf(input: string, step?: string): readonly string[] {
  const result = parsed(input, step);
  const all = result.ok ? result.warnings : result.diagnostics;
  return all.map(({ code, message }) => `${code}: ${message}`);
}

function inputOf(input: string): InputDefinition {
  const result = parsed(input);
  const [first] = result.ok ? result.value.inputs : [];
  if (first === undefined) throw new Error(problemsOf(input).join());
  return first;
}

const ask = (input: string, text: string) => inputRefusal(inputOf(input), text);

describe('what an input accepts', () => {
  test.each([
    ['{ enum: [orders, returns] }', 'orders', 'order', 'be orders or returns, and "order" is not'],
    [
      '{ pattern: "node-\\\\d+" }',
      'node-7',
      'node-7; ls',
      'match node-\\d+, and "node-7; ls" does not',
    ],
    ['{ type: number, min: 1, max: 9 }', '9', '9.5', 'be at most 9, and "9.5" is not'],
    ['{ type: duration, min: 90s }', '2m', '1m', 'be at least 90s, and "1m" is not'],
    ['{ type: number, enum: [1, 2] }', '2', '3', 'be 1 or 2, and "3" is not'],
  ])('%s takes %s and not %s', (input, good, bad, why) => {
    expect(ask(input, good)).toBeUndefined();
    expect(ask(input, bad)).toBe(`the input "x" has to ${why}`);
  });

  test('a secret that is refused is not in the message', () => {
    expect(ask('{ secret: true, pattern: "[a-z]+" }', 'S3CR3T')).toBe(
      'the input "x" has to match [a-z]+, and its value does not',
    );
  });

  test('is said in a few words', () => {
    expect(acceptedText(inputOf('{ type: number, min: 1, max: 9 }'))).toBe('at least 1, at most 9');
    expect(acceptedText(inputOf('{ enum: [a, b] }'))).toBe('a or b');
    expect(acceptedText(inputOf('{}'))).toBeUndefined();
  });
});

test('a value that does not fit names the environment variable it is from', () => {
  const definition = inputOf('{ type: number, env: SHOP_PORT }');
  const values = (given: Readonly<Record<string, string>>) => () =>
    inputValues([definition], { given, env: { SHOP_PORT: 'many' } });
  expect(values({})).toThrow('the input "x" ($SHOP_PORT) has to be a number, and "many" is not');
  expect(values({ x: 'few' })).toThrow('the input "x" has to be a number, and "few" is not');
});

describe('a list', () => {
  const read = (input: string, text: string) => parseInput(inputOf(input), text);

  test.each([
    ['a,b', ['a', 'b']],
    [' a , b ,', ['a', 'b']],
    ['a\nb, c\n', ['a', 'b, c']],
    ['["a,b", "c"]', ['a,b', 'c']],
    ['', []],
    ['a', ['a']],
  ])('is read from %j', (text, items) => {
    expect(read('{ type: list }', text)).toEqual(items);
  });

  test('has items of one type, each of which has to fit', () => {
    expect(read('{ type: list, items: number }', '1,2.5')).toEqual([1, 2.5]);
    expect(ask('{ type: list, items: number }', '1,x')).toBe(
      'every item of the input "x" has to be a number, and "x" is not',
    );
    expect(ask('{ type: list, enum: [a, b] }', 'a,c')).toContain(
      'has to be a or b, and "c" is not',
    );
    expect(ask('{ type: list, items: duration, min: 1 }', '')).toBe(
      'the input "x" has to have at least 1 item, and has 0',
    );
    expect(ask('{ type: list, max: 1 }', 'a,b')).toContain('at most 1 item, and has 2');
  });

  test.each(['[1, {"a": 1}]', '["a"', '[null]'])('is not %s', (text) => {
    expect(ask('{ type: list }', text)).toContain('has to be a list');
  });

  test.each([[['a', 'b']], [['a,b']], [['[x']], [[' a']], [['a\nb']], [[]]])(
    'is the same when the text of %j is read again',
    (items) => {
      expect(read('{ type: list }', inputText(items))).toEqual(items);
    },
  );

  test('has its items in conditions', () => {
    expect(problemsOf('{ type: list }', `if: 'inputs.x.exists(i, i == "a")', manual: x`)).toEqual(
      [],
    );
    expect(problemsOf('{ type: list }', 'if: inputs.x == "a", manual: x')[0]).toContain(
      'type-mismatch',
    );
  });
});

describe('a mistake is reported when the runbook is loaded', () => {
  test.each([
    ['{ items: number }', 'keys-conflict: a text input cannot have items'],
    ['{ type: boolean, enum: ["true"] }', 'keys-conflict: a boolean input cannot have enum'],
    ['{ type: number, pattern: x }', 'keys-conflict: a number input cannot have pattern'],
    ['{ min: 1 }', 'keys-conflict: a text input cannot have min'],
    ['{ type: list, secret: true }', 'keys-conflict: a list cannot be secret'],
    ['{ pattern: "(a" }', 'regex-syntax: this pattern cannot be used: missing closing )'],
    [
      '{ pattern: "(?=a)" }',
      'regex-unsupported: this pattern cannot be used: lookahead and lookbehind are not supported',
    ],
    ['{ type: number, enum: [1, a] }', 'wrong-type: this value is not a number'],
    ['{ type: duration, min: 5 }', 'wrong-type: min of this input is not a duration'],
    ['{ type: list, max: 1.5 }', 'wrong-type: max of this input is not a number of items'],
    ['{ type: number, min: 3, max: 2 }', 'wrong-value: min is greater than max: 2'],
    ['{ enum: [a], default: b }', 'wrong-value: the input "x" has to be a, and "b" is not'],
    ['{ type: list, default: a }', 'wrong-type: the default of a list input is not a list'],
    [
      '{ type: list, items: number, default: [a] }',
      'wrong-type: the default of a list input is not a list',
    ],
    [
      '{ type: list, max: 1, default: [a, b] }',
      'wrong-value: the input "x" has to have at most 1 item, and has 2',
    ],
  ])('%s', (input, problem) => {
    expect(problemsOf(input)).toEqual([problem]);
  });

  test('also where a condition names a text that cannot be', () => {
    expect(problemsOf('{ enum: [a, b] }', 'if: inputs.x == "c", manual: x')[0]).toContain(
      'unknown-value',
    );
  });

  test('and where another runbook gives a value that is not accepted', () => {
    const inner = `name: inner
title: Inner
summary: Inner
inputs: { n: { type: number, max: 3 }, hosts: { type: list, pattern: "[a-z]+", default: [] } }
steps: [{ id: end, finish: { outcome: resolved, summary: Over. } }]
`;
    const outer = (given: string) =>
      parseRunbook(
        {
          file: 'x',
          text: `name: outer
title: Outer
summary: Outer
steps:
  - { id: call, runbook: inner, with: { ${given} } }
  - { id: end, finish: { outcome: resolved, summary: Over. } }
`,
        },
        { runbook: () => ({ file: 'inner.yaml', text: inner }) },
      );
    expect(outer('n: 3, hosts: "a,b"').ok).toBe(true);
    expect(outer('n: 4')).toMatchObject({
      diagnostics: [
        { code: 'wrong-value', message: 'the input "n" has to be at most 3, and "4" is not' },
      ],
    });
    expect(outer('n: 1, hosts: "a,2"')).toMatchObject({ diagnostics: [{ code: 'wrong-value' }] });
  });
});
