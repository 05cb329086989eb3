import { describe, expect, test } from 'vitest';
import { parseRunbook } from '#runbook/parse.ts';

/** Every problem of a runbook with these steps, as `code: message`. */
function problemsOf(steps: string): readonly string[] {
  const head = [
    'name: story',
    'title: Story',
    'summary: Story',
    'targets: { db: { database: postgres://localhost/shop } }',
    'steps:',
  ];
  const end = '  - { id: end, finish: { outcome: resolved, summary: It is over. } }';
  const text = [...head, ...steps.split('\n').map((line) => `  ${line}`), end].join('\n');
  const parsed = parseRunbook({ file: 'x', text });
  const all = parsed.ok ? parsed.warnings : parsed.diagnostics;
  return all.map(({ code, message }) => `${code}: ${message}`);
}

const READ = 'effect: read, sql: SELECT 1';

describe('a story in which every way is meant has no warning', () => {
  test.each([
    ['one step after the other', `- { id: a, ${READ} }\n- { id: b, ${READ} }`],
    [
      'a turn to the side, and else straight on',
      `- { id: a, ${READ}, next: [{ if: result.row.x > 1, goto: c }] }\n- { id: b, manual: x }\n- { id: c, manual: y }`,
    ],
    [
      'a turn for failures only',
      `- { id: a, ${READ}, next: [{ if: error.kind == "auth", goto: end }] }`,
    ],
    [
      'two conditions that are opposite',
      `- { id: a, manual: x, next: [{ if: result.done, goto: end }, { if: "!result.done", goto: b }] }\n- { id: b, manual: y }`,
    ],
    [
      'two comparisons that are opposite',
      `- { id: a, ${READ}, next: [{ if: result.row.x >= 3, goto: end }, { if: result.row.x < 3, goto: b }] }\n- { id: b, manual: y }`,
    ],
    [
      'all answers of a choice',
      `- id: a\n  ask: { question: Which?, choices: [x, y] }\n  next: [{ if: result.answer == "x", goto: b }, { if: "result.answer == 'y'", goto: end }]\n- { id: b, manual: z }`,
    ],
    [
      'a loop with a wait',
      `- { id: a, ${READ}, next: [{ if: result.row.x > 1, goto: w }, { goto: end }] }\n- { id: w, wait: 1s, next: [{ goto: a }] }`,
    ],
    [
      'a loop that asks',
      `- { id: a, manual: x, next: [{ if: result.done, goto: end }, { goto: a }] }`,
    ],
    [
      'a loop with a gate',
      `- { id: a, effect: change, sql: UPDATE x SET y = 1 WHERE true, next: [{ if: result.row_count > 0, goto: a }, { goto: end }] }`,
    ],
    [
      'a loop that says how often',
      `- { id: a, ${READ}, max_visits: 3, next: [{ if: result.row.x > 1, goto: a }, { goto: end }] }`,
    ],
    [
      'a step that may be passed over, and is asked about',
      `- { id: a, ${READ}, if: inputs.x }\n- { id: b, if: has(steps.a.row), manual: "\${{ steps.a.row.x }}" }`.replace(
        'inputs.x',
        'run.id != ""',
      ),
    ],
    [
      'a step that may not have run, and is asked about in one breath',
      `- { id: a, manual: x, next: [{ if: result.done, goto: c }] }\n- { id: b, ${READ} }\n- { id: c, manual: "\${{ has(steps.b.row) ? steps.b.row.x : 0 }}" }`,
    ],
    [
      'what a later visit reads of an earlier one, and asks for',
      `- { id: a, ${READ}, if: "!has(steps.b.done) || steps.b.done" }\n- { id: b, manual: x, next: [{ if: result.done, goto: end }, { goto: a }] }`,
    ],
    [
      'branches that are read after their parallel step',
      `- id: p\n  parallel: [{ id: a, sql: SELECT 1 }, { id: b, shell: ls }]\n  next: [{ if: steps.a.row.x > 1, goto: end }, { finding: "\${{ steps.b.stdout }}" }]`,
    ],
    [
      'what a step itself returned, in its next',
      `- { id: a, ${READ}, next: [{ finding: "\${{ steps.a.row.x }}" }] }`,
    ],
    [
      'a destructive step with everything',
      `- id: a\n  effect: destructive\n  preview: { sql: SELECT id FROM x }\n  sql: "DELETE FROM x WHERE id IN (\${{ preview.rows }})"\n  expect: result.row_count == preview.row_count\n  undo: { none: It is gone. }`,
    ],
    [
      'a status, at any time',
      `- { id: a, if: steps.b.status == "waiting", manual: x }\n- { id: b, manual: y }`,
    ],
  ])('%s', (_, steps) => {
    expect(problemsOf(steps)).toEqual([]);
  });
});

describe('what is most likely not meant has one', () => {
  test.each([
    [
      'clauses that do not cover, before a step that one of them goes to',
      `- { id: a, ${READ}, next: [{ if: result.row.x > 1, goto: b }, { if: result.row.x < 1, goto: end }] }\n- { id: b, manual: y }`,
      ['next-not-total: if no clause applies, the run continues with "b"'],
    ],
    [
      'clauses that do not cover, before an end',
      `- { id: b, manual: y }\n- { id: a, ${READ}, next: [{ if: result.row.x > 1, goto: b }] }`,
      ['next-not-total: if no clause applies, the run continues with "end"'],
    ],
    [
      'a loop of reads',
      `- { id: a, ${READ}, next: [{ if: result.row.x > 1, goto: a }, { goto: end }] }`,
      ['unbounded-loop: this loop repeats 10 times without a pause: a → a'],
    ],
    [
      'a loop of several',
      `- { id: a, ${READ} }\n- { id: b, probe: { tcp: { host: x, port: 1 } }, next: [{ if: result.ms > 1, goto: a }, { goto: end }] }`,
      ['unbounded-loop: this loop repeats 10 times without a pause: a → b → a'],
    ],
    [
      'a step that nothing leads to',
      '- { id: a, manual: x, next: [{ goto: end }] }\n- { id: b, manual: y }',
      ['unreachable-step: no step leads to "b"'],
    ],
    [
      'a step that is led past',
      `- { id: a, manual: x, next: [{ if: result.done, goto: c }] }\n- { id: b, ${READ} }\n- { id: c, manual: "\${{ steps.b.row.x }}" }`,
      ['step-may-not-have-run: "b" may not have run when "c" does'],
    ],
    [
      'a step that may be passed over',
      `- { id: a, ${READ}, if: run.id != "" }\n- { id: b, manual: "\${{ steps.a.row.x }}" }`,
      ['step-may-not-have-run: "a" may not have run when "b" does'],
    ],
    [
      'a branch that may be passed over',
      `- id: p\n  parallel: [{ id: a, sql: SELECT 1, if: run.id != "" }, { id: b, shell: ls }]\n- { id: c, manual: "\${{ steps.a.row.x }}" }`,
      ['step-may-not-have-run: "a" may not have run when "c" does'],
    ],
    [
      'a question about one step before reading another',
      `- { id: a, manual: x, next: [{ if: result.done, goto: c }] }\n- { id: b, ${READ} }\n- { id: c, if: has(steps.a.done) && steps.b.row.x > 1, manual: y }`,
      ['step-may-not-have-run: "b" may not have run when "c" does'],
    ],
    [
      'a clause above the one that asks',
      `- { id: a, manual: x, next: [{ if: result.done, goto: c }] }\n- { id: b, ${READ} }\n- id: c\n  manual: y\n  next: [{ if: steps.b.row.x > 1, goto: end }, { if: has(steps.b.row), goto: end }, { goto: end }]`,
      ['step-may-not-have-run: "b" may not have run when "c" does'],
    ],
  ])('%s', (_, steps, expected) => {
    expect(problemsOf(steps)).toEqual(expected);
  });

  test('a destructive step without anything has three', () => {
    const steps = '- { id: a, effect: destructive, sql: DELETE FROM x WHERE true }';
    expect(problemsOf(steps).map((problem) => problem.split(':')[0])).toEqual([
      'no-preview',
      'no-verify',
      'no-undo',
    ]);
  });
});

describe('what a step cannot know yet is an error', () => {
  test.each([
    [
      'what comes later',
      '- { id: a, manual: "${{ steps.b.done }}" }\n- { id: b, manual: y }',
      'step-not-before: no way leads from "b" to "a"',
    ],
    [
      'itself',
      '- { id: a, sql: "SELECT ${{ steps.a.row.x }}" }',
      'step-not-before: "a" has not run yet when this is read',
    ],
    [
      'what runs beside it',
      '- id: p\n  parallel: [{ id: a, sql: SELECT 1 }, { id: b, shell: "echo ${{ steps.a.row.x }}" }]',
      'step-not-before: "a" runs at the same time as this',
    ],
    [
      'another way of the story',
      '- { id: a, manual: x, next: [{ if: result.done, goto: b }, { goto: c }] }\n- { id: b, manual: y, next: [{ goto: end }] }\n- { id: c, manual: "${{ steps.b.done }}" }',
      'step-not-before: no way leads from "b" to "c"',
    ],
  ])('%s', (_, steps, expected) => {
    expect(problemsOf(steps)).toEqual([expected]);
  });
});
