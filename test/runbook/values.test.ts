import { describe, expect, test } from 'vitest';
import { parseRunbook } from '#runbook/parse.ts';
import { parsed, Stepper } from '../fixtures/compiled.ts';

const textOf = (values: string, step = 'manual: x') => `name: inline
title: Values
summary: Values
inputs: { size: { type: number, default: 20 }, ns: { required: false }, token: { secret: true, default: x } }
values: { ${values} }
steps:
  - { id: first, ${step} }
  - { id: end, finish: { outcome: resolved, summary: It is over. } }
`;

function problemsOf(values: string, step?: string): readonly string[] {
  const result = parseRunbook({ file: 'x', text: textOf(values, step) });
  const all = result.ok ? [] : result.diagnostics.filter(({ severity }) => severity === 'error');
  return all.map(({ code, message }) => `${code}: ${message}`);
}

/** The script of the first step, or why there is none. */
function scriptOf(values: string, script: string) {
  const runbook = parsed(textOf(values, `effect: change, shell: '${script}'`));
  const stepper = new Stepper(runbook, { inputs: { size: 20, ns: null } });
  const { pending, error } = stepper.at.snapshot.context.visit;
  return pending?.action.kind === 'shell' ? pending.action.script : error?.message;
}

test('a value is computed from inputs and the values above it', () => {
  const values = 'enough: inputs.size * 2, words: \'["--least", string(values.enough)]\'';
  expect(problemsOf(values)).toEqual([]);
  expect(scriptOf(values, 'echo ${{ values.words }} ${{ values.enough }}')).toBe(
    'echo --least 40 40',
  );
});

test('a value of an input that was not given is no word', () => {
  const flag = 'flag: \'inputs.ns == null ? [] : ["--namespace", inputs.ns]\', bare: inputs.ns';
  expect(scriptOf(flag, 'ls ${{ values.flag }}')).toBe('ls ');
  expect(scriptOf(flag, 'ls ${{ values.bare }}')).toContain('has no value');
});

test('a value that cannot be computed is missing, and what needs it does not run', () => {
  const values = 'none: 1 / (inputs.size - inputs.size), next: values.none + 1';
  expect(scriptOf(values, 'echo ${{ values.next }}')).toContain('has no value');
  expect(scriptOf(values, 'echo ${{ inputs.size }}')).toBe('echo 20');
});

describe('a mistake is reported when the runbook is loaded', () => {
  test.each([
    ['a: inputs.sise', 'unknown-name: inputs has no "sise"'],
    ['a: values.b, b: "1"', 'unknown-name: nothing is called "values" here'],
    ['a: "1", b: values.b', 'unknown-name: values has no "b"'],
    ['a: steps.first.done', 'unknown-name: nothing is called "steps" here'],
    ['a: "1 +"', 'expression-syntax: this is not an expression: it ends too early'],
    [
      'a: inputs.token.size()',
      'secret-in-text: inputs.token is secret, and what is computed from it would be shown',
    ],
  ])('%s', (values, problem) => {
    expect(problemsOf(values)).toEqual([problem]);
  });

  test('also where a step names a value that there is none of', () => {
    expect(problemsOf('a: "1"', 'if: values.b == 1, manual: x')).toEqual([
      'unknown-name: values has no "b"',
    ]);
  });
});
