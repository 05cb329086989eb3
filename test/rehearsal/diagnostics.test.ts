import { describe, expect, test } from 'vitest';
import { parsed } from '../fixtures/compiled.ts';
import { problemsOf } from '../fixtures/rehearsed.ts';

const RUNBOOK = parsed(`
name: inline
title: Orders are stuck
summary: Orders stay in the queue.
inputs: { url: { type: url, secret: true }, least: { type: number, default: 10 } }
targets: { db: { database: '\${{ inputs.url }}' } }
steps:
  - id: count
    effect: read
    on: db
    sql: SELECT waiting, since FROM orders
    next:
      - if: result.row.waiting > 3
        goto: script
  - { id: script, effect: read, shell: uptime }
  - { id: look, manual: Look. }
  - { id: fine, finish: { outcome: resolved, summary: 'Since \${{ steps.count.row.since }}' } }
`);

const HEAD = 'inputs: { url: postgres://app@db1/shop }\n';
const END = '    expect: { outcome: resolved }\n';

/** What is wrong with the steps, answers or expectation of a case. */
function wrong(lines: string): string {
  const end = lines.includes('expect:') ? '' : END;
  return problemsOf(RUNBOOK, `${HEAD}cases:\n  - name: x\n    ${lines}\n${end}`);
}

describe('a mistake in a test file is said with its place and what would be right', () => {
  test.each([
    ['steps: { cuont: { row: { waiting: 3 } } }', 'did you mean "count"?'],
    ['steps: { count: { roww: { waiting: 3 } } }', 'did you mean "row"?'],
    ['steps: { count: { exit: 1 } }', 'unknown key "exit"'],
    ['steps: { script: { rows: [] } }', 'unknown key "rows"'],
    ['steps: { script: { exit_code: 0 } }', 'write exit: instead'],
    ['steps: { count: { error: broken } }', 'one of config, dns'],
    ['steps: { count: { error: tiemout } }', 'did you mean "timeout"?'],
    ['steps: { count: { error: { kind: timeout, pahse: tcp } } }', 'did you mean "phase"?'],
    ['steps: { count: { row: { wating: 3, since: 1 } } }', 'did you mean "waiting"?'],
    ['steps: { count: { row: { waiting: 3 }, rows: [] } }', 'say the same thing twice'],
    ['steps: { count: { } }', 'the result is empty'],
    ['steps: { count: { preview: { rows: [] } } }', 'count has no preview'],
    ['steps: { look: { exit: 0 } }', 'the operator reports on it'],
    ['steps: { fine: { exit: 0 } }', 'a step of kind finish'],
    ['steps: { count: { row: { waiting: 3 }, takes: long } }', 'a duration'],
    ['answers: [{ confrim: count }]', 'did you mean "confirm"?'],
    ['answers: [{ confirm: cuont }]', 'did you mean "count"?'],
    ['answers: [{ jump: count, to: lok }]', 'did you mean "look"?'],
    ['answers: [{ edit: count, inputs: { leest: 3 } }]', 'did you mean "least"?'],
    ['answers: [{ choose: count, clause: 0 }]', 'clause'],
    ['inputs: { leest: 3 }', 'did you mean "least"?'],
    ['inputs: { least: many }', 'has to be a number'],
    ['inputs: { url: https://example.com }', 'is not a database URL'],
    ['inputs: { url: null }', 'the input "url" has no value'],
    ['targets: { dbb: { user: x } }', 'did you mean "db"?'],
    ['expect: { path: [count, lok] }', 'did you mean "look"?'],
    ['expect: { outcome: resolvd }', 'did you mean "resolved"?'],
    ['expect: { gates: [{ step: cuont }] }', 'did you mean "count"?'],
    ['expect: { statuses: { cuont: failed } }', 'did you mean "count"?'],
    ['expect: {}', 'nothing is expected, so nothing is tested'],
  ])('%s', (lines, said) => {
    const problems = wrong(lines);
    expect(problems).toContain(said);
    expect(problems).toMatch(/--> x\.test\.yaml:\d+:\d+/);
  });

  test('a file without cases, and two cases of one name', () => {
    expect(problemsOf(RUNBOOK, 'cases: []')).toContain('tests nothing');
    const one = `  - name: x\n${END}`;
    expect(problemsOf(RUNBOOK, `${HEAD}cases:\n${one}${one}`)).toContain('two cases "x"');
  });

  test('it stands at the text that is wrong', () => {
    expect(wrong('steps: { count: { row: { wating: 3, since: 1 } } }')).toMatchInlineSnapshot(`
      "error[unknown-name]: nothing reads the column "wating", and "waiting" is missing
       --> x.test.yaml:4:30
        |
      4 |     steps: { count: { row: { wating: 3, since: 1 } } }
        |                              ^^^^^^ did you mean "waiting"?"
    `);
  });
});
