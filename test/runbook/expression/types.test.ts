import { describe, expect, test } from 'vitest';
import { type Diagnostic, formatDiagnostics } from '#runbook/diagnostic.ts';
import { parseRunbook } from '#runbook/parse.ts';

const HEAD = `
name: types
title: Types
summary: Types
inputs:
  text: { default: x }
  number: { type: number, default: 3 }
  flag: { type: boolean, default: true }
  pause: { type: duration, default: 10m }
  link: { type: url, required: false }
targets:
  db: { database: postgres://localhost/shop }
steps:
  - { id: rows, sql: SELECT 1, effect: read }
  - { id: lines, shell: ls, parse: lines, effect: read }
  - { id: json, shell: ls, parse: json, effect: read }
  - { id: tls, probe: { tls: { host: x, port: 1 } } }
  - { id: which, ask: { question: Which?, choices: [a, b] } }
  - { id: many, ask: { question: How many?, type: number } }
  - { id: each, for_each: '["a"]', shell: ls, effect: read }
`;

/** The first problem of a step that is passed over unless the condition is true. */
function problemOf(condition: string): Diagnostic | undefined {
  const steps = '  - { id: end, finish: { outcome: resolved, summary: It is over. } }\n';
  const step = `  - id: it\n    if: ${JSON.stringify(condition)}\n    manual: Look.\n`;
  const source = { file: 'x', text: `${HEAD}${step}${steps}` };
  const parsed = parseRunbook(source);
  if (!parsed.ok) return parsed.diagnostics.find(({ severity }) => severity === 'error');
  expect(formatDiagnostics(source, parsed.warnings)).toBe('');
  return undefined;
}

describe('what can be true is never refused', () => {
  test.each([
    'inputs.number > 3',
    'inputs.number == 3.5 || inputs.number in [1, 2]',
    'inputs.text == "x" && inputs.flag',
    'duration(inputs.pause) > duration("5m")',
    'inputs.pause == "10m"',
    'inputs.link == null || inputs.link.startsWith("http")',
    'double(inputs.text) > 3',
    'steps.rows.row.anything > 3',
    'steps.rows.row.anything == "x"',
    'steps.rows.row.a.b.c',
    'steps.rows.rows.all(r, r.x > 1 && r.y == "z")',
    'steps.rows.rows[0].x > 1',
    'steps.rows.rows.map(r, r.x).filter(x, x > 1).size() == 0',
    'steps.rows.row_count - 1 >= inputs.number * 2',
    '"name" in steps.rows.columns',
    'steps.lines.lines.exists(line, line.contains("x"))',
    'steps.lines.lines[0] == "x"',
    '[steps.tls, steps.json].exists(s, has(s.ms) && s.ms > 3)',
    '[["a"], ["b"]].exists(l, l.exists(x, x == "a"))',
    'steps.lines.exit_code == null || steps.lines.exit_code == 0',
    'steps.lines.stdout.trim().split(",").size() > 1',
    'steps.json.json.a.b > 3 && steps.json.json.list[0] == "x"',
    'steps.tls.certificate.days_left < 14',
    'steps.tls.certificate == null',
    'steps.tls.problems.exists(p, p == "expired") || "self_signed" in steps.tls.problems',
    'steps.tls.stages.tls > 100',
    'steps.which.answer == "a"',
    'steps.many.answer > 3',
    'steps.each.failed > 0 && steps.each.items.all(i, i.status == "succeeded" && i.stdout != "")',
    'steps.rows.status in ["failed", "skipped"]',
    'steps.rows.error.kind == "timeout"',
    'targets.db.port == 5432 && targets.db.engine == "postgres"',
    'run.operator.startsWith("a")',
    '(inputs.flag ? 1 : 2) == 1',
    '(inputs.flag ? steps.rows.row : steps.json.json) == "x"',
    'string(inputs.number) == "3"',
    'size(steps.rows.rows) > 1',
    '{"a": 1}.a == 1',
  ])('%s', (condition) => {
    expect(problemOf(condition)).toBeUndefined();
  });
});

describe('what can never be true is an error', () => {
  test.each<[string, string, string]>([
    ['inputs.text > 3', 'type-mismatch', 'give the input type: number'],
    [
      'inputs.pause > 3',
      'type-mismatch',
      'compare durations: duration(inputs.pause) > duration("3s")',
    ],
    ['inputs.pause > "5m"', 'type-mismatch', 'write duration(inputs.pause)'],
    ['inputs.number == "3"', 'type-mismatch', 'leave the quotes out'],
    ['inputs.number in ["1"]', 'type-mismatch', 'leave the quotes out'],
    ['inputs.number && inputs.flag', 'type-mismatch', 'compare it with something'],
    ['inputs.flag == "true"', 'type-mismatch', 'write inputs.flag or !inputs.flag'],
    ['!inputs.text', 'type-mismatch', 'compare it with something'],
    ['inputs.text ? true : false', 'type-mismatch', 'compare it with something'],
    ['inputs.text + 1 == "x1"', 'type-mismatch', 'make it a text: string(…)'],
    ['inputs.text - 1 == 1', 'type-mismatch', 'make it a number: double(…)'],
    [
      'steps.lines.lines == 3',
      'type-mismatch',
      'steps.lines.lines.size() counts it, steps.lines.lines[0] is its first item',
    ],
    [
      'steps.lines.lines.contains("x")',
      'type-mismatch',
      'look at each: steps.lines.lines.exists(x, x.contains(…))',
    ],
    ['inputs.number.contains("3")', 'type-mismatch', 'make it a text: string(inputs.number)'],
    ['inputs.text.all(x, x == 1)', 'type-mismatch', 'it is a method of a list and a mapping'],
    ['steps.lines.lines.exists(l, l > 3)', 'type-mismatch', 'double(l) makes it a number'],
    ['inputs.number in inputs.text', 'type-mismatch', 'write a list: x in ["a", "b"]'],
    [
      'steps.tls.failed_stage == "handshake"',
      'unknown-value',
      'expected dns, tcp, greeting, tls, auth or query',
    ],
    ['steps.which.answer == "c"', 'unknown-value', 'did you mean "a"?'],
    ['"succeded" == steps.rows.status', 'unknown-value', 'did you mean "succeeded"?'],
    ['steps.rows.error.kind in ["timeot"]', 'unknown-value', 'did you mean "timeout"?'],
    [
      'steps.rows.stdout == ""',
      'unknown-name',
      'expected rows, row, row_count, columns, truncated, status or error',
    ],
    ['steps.lines.line == 1', 'unknown-name', 'did you mean "lines"?'],
    [
      'steps.tls.certificate.expires > 1',
      'unknown-name',
      'expected subject, issuer, names, not_before, not_after, days_left, self_signed or fingerprint',
    ],
    [
      'steps.rows.rows.pid == 1',
      'unknown-name',
      'one item is [0]; all are all(x, …), exists(x, …)',
    ],
    ['inputs.text.length == 1', 'unknown-name', 'write x.size()'],
    [
      'steps.each.stdout == ""',
      'unknown-name',
      'expected items, count, failed, left, status or error',
    ],
    ['inputs.text', 'wrong-type', 'compare it with something'],
  ])('%s', (condition, code, hint) => {
    const problem = problemOf(condition);
    expect([problem?.code, problem?.hint]).toEqual([code, hint]);
  });
});
