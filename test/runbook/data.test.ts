import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { renderForPeople } from '#runbook/expression/template.ts';
import type { Value } from '#runbook/model/value.ts';
import { parseRunbook } from '#runbook/parse.ts';
import { renderAction } from '#safety/kinds/rules.ts';
import type { ShellAction } from '#safety/kinds/shell.ts';
import type { SqlAction } from '#safety/kinds/sql.ts';
import { parsed } from '../fixtures/compiled.ts';
import { draws, fc } from '../support/properties.ts';

const HEAD = `name: x
title: X
summary: X
inputs: { given: { required: false }, none: { required: false } }
targets: { db: { database: "postgres://h/d" } }
steps:
`;

function runbookOf(step: string) {
  return parsed(`${HEAD}  - id: one\n${step.replaceAll(/^/gm, '    ')}\n`);
}

function rendered(step: string, given: Value = 'orders') {
  const does = runbookOf(step).steps[0]?.does;
  if (does === undefined || !('body' in does)) throw new Error('there is no action');
  const scope = { inputs: { given, none: null }, item: { note: null } };
  return renderAction(does.body, scope, { readOnly: true, timeoutMs: 1, engine: 'postgres' });
}

function shell(step: string, given?: Value): ShellAction {
  const action = rendered(step, given);
  if (!action.ok) throw new Error(action.reason);
  if (action.value.kind !== 'shell') throw new Error('this is no script');
  return action.value;
}

function codesOf(source: { readonly file: string; readonly text: string }): readonly string[] {
  const result = parseRunbook(source);
  return result.ok ? [] : result.diagnostics.map(({ code }) => code);
}

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Value>;

describe('json(x)', () => {
  test('is one word of a script that is the value as JSON', () => {
    fc.assert(
      fc.property(json, (value) => {
        const { script } = shell('shell: printf %s ${{ json(inputs.given) }}', value);
        const printed = execFileSync('bash', ['-c', script], { encoding: 'utf8' });
        expect(JSON.parse(printed)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
      draws(25),
    );
  });

  test('encodes a mapping that the expression makes', () => {
    const { script } = shell(
      'shell: \'echo ${{ json({"to": inputs.given, "n": [1, 2.5, true]}) }}\'',
    );
    expect(script).toBe(`echo '{"to":"orders","n":[1,2.5,true]}'`);
  });

  test('is a text to whatever compares it', () => {
    expect(
      codesOf({
        file: 'x.yaml',
        text: `${HEAD}  - { id: one, if: json(inputs.given) > 3, shell: ls }\n`,
      }),
    ).toEqual(['expression-syntax']);
  });
});

describe('standard input as JSON', () => {
  const STEP = `shell: cat
stdin:
  json:
    to: "\${{ inputs.given }}"
    tags: [a, "x-\${{ inputs.given }}", 3, true, null]
    deep: { list: "\${{ [inputs.given, 2] }}" }`;

  test('has values with their types, however they are spelt', () => {
    const hostile = 'x","to":"v0';
    expect(JSON.parse(shell(STEP, hostile).stdin ?? '')).toEqual({
      to: hostile,
      tags: ['a', `x-${hostile}`, 3, true, null],
      deep: { list: [hostile, 2] },
    });
  });

  test('is the value, whatever it is', () => {
    fc.assert(
      fc.property(json, (value) => {
        const { stdin = '' } = shell('shell: cat\nstdin: { json: "${{ inputs.given }}" }', value);
        expect(JSON.parse(stdin)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('has null for an input that was not given, alone; in a text there is none', () => {
    expect(shell('shell: cat\nstdin: { json: { ns: "${{ inputs.none }}" } }').stdin).toBe(
      '{"ns":null}',
    );
    expect(rendered('shell: cat\nstdin: { json: { ns: "x-${{ inputs.none }}" } }').ok).toBe(false);
  });

  test('refuses a placeholder as a key', () => {
    expect(
      codesOf({
        file: 'x.yaml',
        text: `${HEAD}  - { id: one, shell: cat, stdin: { json: { "\${{ inputs.given }}": 1 } } }\n`,
      }),
    ).toContain('placeholder-as-code');
  });
});

describe('a value that was not given', () => {
  test.each([
    'shell: echo ${{ inputs.none }}',
    'shell: echo --namespace=${{ inputs.none }}',
    'shell: ls\nenv: { NS: "${{ inputs.none }}" }',
    'shell: ls\nenv: { NS: "ns-${{ inputs.none }}" }',
    'shell: ls\ncwd: "${{ inputs.none }}"',
    'shell: cat\nstdin: "${{ inputs.none }}"',
    'sql: SELECT 1 WHERE ${{ inputs.none }}::text IS NULL\non: db',
  ])('stops what uses it: %s', (step) => {
    expect(rendered(step)).toEqual({
      ok: false,
      reason: '${{ inputs.none }} has no value: it was not given',
    });
  });

  test('of a list stops a script too', () => {
    expect(rendered('shell: echo ${{ ["-n", inputs.none] }}').ok).toBe(false);
  });

  test('leaves a flag out where the author says so', () => {
    const step = (name: string) =>
      `shell: 'kubectl get pods \${{ inputs.${name} == null ? [] : ["--namespace", inputs.${name}] }} -o name'`;
    expect(shell(step('none')).script).toBe('kubectl get pods  -o name');
    expect(shell(step('given'), 'my shop').script).toBe(
      "kubectl get pods --namespace 'my shop' -o name",
    );
  });

  test('is said in a text for people', () => {
    const does = runbookOf('finish: { outcome: resolved, summary: "In ${{ inputs.none }}." }')
      .steps[0]?.does;
    if (does?.kind !== 'finish') throw new Error('this is no end');
    expect(renderForPeople(does.summary, { inputs: { none: null } })).toBe('In not given.');
  });
});

test('a NULL of a row is bound in a statement, and stops a script', () => {
  const sql = rendered(
    'sql: SELECT ${{ item.note }}\non: db\nfor_each: "${{ [1] }}"\nas: item'.replace(
      /\nfor_each.*$/s,
      '\nfor_each: "[1]"\nas: item',
    ),
  );
  expect(sql.ok && (sql.value as SqlAction).values).toEqual([null]);
  expect(rendered('shell: echo ${{ item.note }}\nfor_each: "[1]"\nas: item')).toEqual({
    ok: false,
    reason: '${{ item.note }} has no value: it is null',
  });
});
