import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { appendCase, newCases } from '#rehearsal/cases/yaml-text.ts';
import { recordCase } from '#rehearsal/recording/case.ts';
import { rehearse } from '#rehearsal/rehearse.ts';
import { runCases } from '#rehearsal/run-cases.ts';
import { stageOf } from '#rehearsal/stage.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { parsed, sha256, shipped } from '../fixtures/compiled.ts';
import { casesOf, rehearsed } from '../fixtures/rehearsed.ts';

const pool = shipped('pool-exhausted');
const stage = stageOf(pool, sha256);
const shippedCases = casesOf(
  pool,
  readFileSync(new URL('../../runbooks/pool-exhausted.test.yaml', import.meta.url), 'utf8'),
);

/** Rehearses the first case of a text, and records that run. */
function recordedFrom(runbook: Runbook, text: string): string {
  const [first] = rehearsed(runbook, text).results;
  expect(first?.failures).toEqual([]);
  return newCases(recordCase(runbook, first?.rehearsed.events ?? []) ?? null);
}

describe('a case recorded from a run', () => {
  test.each(shippedCases.cases)('passes and goes the same way: $name', (testCase) => {
    const run = rehearse(stage, testCase);
    const text = newCases(recordCase(pool, run.events) ?? null);
    const [again] = runCases(casesOf(pool, text), stage).results;
    expect([text, again?.failures]).toEqual([text, []]);
    expect(again?.rehearsed.view.path).toEqual(run.view.path);
    expect(again?.rehearsed.view.findings.map(({ text: found }) => found)).toEqual(
      run.view.findings.map(({ text: found }) => found),
    );
  });

  const troubled = parsed(`
name: inline
title: Trouble
summary: All that an operator can do.
inputs: { url: { type: url, secret: true }, token: { type: text, secret: true }, least: { type: number, default: 3 } }
targets: { db: { database: '\${{ inputs.url }}' } }
steps:
  - { id: count, effect: read, on: db, sql: 'SELECT waiting, noise FROM orders', next: [{ if: result.row.waiting > inputs.least, goto: ask }] }
  - { id: ask, ask: { question: Code?, type: secret } }
  - { id: end, on: db, effect: change, sql: UPDATE x SET y = 1, verify: { sql: SELECT n FROM x, until: result.row.n == 1, within: 4s, every: 2s } }
  - { id: fine, finish: { outcome: resolved, summary: '\${{ targets.db.user }} did it.' } }
`);
  const everything = `
inputs: { url: postgres://app:hunter22@db1/shop, token: tok-12345678 }
targets: { db: { user: postgres } }
cases:
  - name: x
    steps:
      count:
        - { error: { kind: timeout, message: too late for tok-12345678 } }
        - { row: { noise: 1 } }
      end:
        result: [{ unknown: reset }, { rows: [] }]
        verify: { row: { n: 0 } }
    answers:
      - { edit: count, inputs: { least: 5, token: tok-87654321 } }
      - { choose: count, clause: next, because: it is known }
      - { answer: ask, with: 12345-secret }
      - { confirm: end }
      - { recheck: end }
      - { retry: end }
      - { confirm: end }
      - { mark_done: end, evidence: seen }
    expect: { outcome: resolved }`;

  test('holds no secret, and passes with other values in their place', () => {
    const text = recordedFrom(troubled, everything);
    expect(text).not.toMatch(/hunter22|tok-12345678|tok-87654321|12345-secret/);
    expect(text).toContain('url: "postgres://postgres@db1:5432/shop"');
    expect(rehearsed(troubled, text).results[0]?.failures).toEqual([]);
  });

  test('keeps of a result what the runbook reads', () => {
    const text = recordedFrom(
      troubled,
      `
inputs: { url: postgres://app@db1/shop, token: tok-12345678 }
cases:
  - name: x
    steps: { count: { row: { waiting: 9, noise: a long text that nothing reads } } }
    answers: [{ leave: ask }]
    expect: { outcome: left }`,
    );
    expect(text).toContain('count: { row: { waiting: 9 } }');
    expect(text).not.toContain('noise');
  });
});

test('rows that were left out and taken back are recorded, and replayed', () => {
  const runbook = parsed(`
name: inline
title: Clean up
summary: Removes files.
steps:
  - id: clean
    effect: destructive
    preview: { shell: find . -name x, enough: 2 }
    shell: rm -- \${{ preview.lines }}
  - { id: done, finish: { outcome: resolved, summary: Done. } }
`);
  const written = `
cases:
  - name: x
    steps: { clean: { preview: { lines: [a, b, c, d] }, result: { exit: 0 } } }
    answers:
      - { leave_out: clean, rows: [1], back: [2] }
      - { leave_out: clean, rows: [9] }
      - { leave_out: clean, rows: [1] }
      - confirm: clean
    expect:
      outcome: resolved
      gates: [{ step: clean, rows: 2 }, { step: clean, rows: 2, shows: [d] }, { step: clean, rows: 1 }]`;
  expect(rehearsed(runbook, written).results[0]?.failures).toEqual([]);
  const text = recordedFrom(runbook, written);
  expect(text).toContain('{ leave_out: clean, rows: [1], back: [2] }');
  expect(text).toContain('{ leave_out: clean, rows: [9] }');
  expect(rehearsed(runbook, text).results[0]?.failures).toEqual([]);
});

describe('a case added to a file', () => {
  const added = { name: 'new', expect: { outcome: 'resolved' } };

  test.each([
    ['cases:\n  - name: a # why\n    expect: { outcome: resolved }\n# the end\n', 2],
    ['cases:\n- name: a\n  expect:\n    outcome: resolved', 0],
    ['cases:\n    - name: a\n      expect: { path: [x] }\n\n\ninputs: { a: 1 }\n', 4],
  ])('keeps all that was there, and its indentation: %j', (text, indent) => {
    const longer = appendCase(text, added) ?? '';
    const lines = longer.split('\n');
    expect(text.split('\n').every((line) => lines.includes(line))).toBe(true);
    expect(longer).toContain(
      `\n${' '.repeat(indent)}- { name: new, expect: { outcome: resolved } }\n`,
    );
  });

  test('is refused where the cases stand on one line', () => {
    expect(appendCase('cases: [{ name: a, expect: {} }]', added)).toBeUndefined();
  });
});

test('a connection that was made to learn the engine is no result of a step', () => {
  const runbook = parsed(`
name: inline
title: Inline
summary: Inline
inputs: { url: { type: url } }
targets: { db: { database: '\${{ inputs.url }}' } }
steps:
  - { id: look, effect: read, sql: { mysql: SELECT 1 AS n, mariadb: SELECT 2 AS n } }
  - { id: act, effect: change, sql: { mysql: SET @x = 1, mariadb: SET @x = 2 } }
  - { id: fine, finish: { outcome: resolved, summary: Done. } }
`);
  const { results } = rehearsed(
    runbook,
    `
inputs: { url: "mysql://app@db1/shop" }
targets: { db: { engine: mariadb } }
cases:
  - name: x
    steps: { look: { row: { n: 2 } }, act: { rows: [] } }
    answers: [confirm: act]
    expect: { outcome: resolved }
`,
  );
  expect(results[0]?.failures).toEqual([]);
  const events = results[0]?.rehearsed.events ?? [];
  const shown = events.flatMap(({ event }) => (event.type === 'gate.opened' ? [event.action] : []));
  expect(shown.map(({ text }) => text)).toEqual(['SET @x = 2']);
  const recorded = recordCase(runbook, events);
  expect(recorded?.steps).toMatchObject({ look: { row: { n: 2 } } });
  const [again] = rehearsed(runbook, newCases(recorded ?? null)).results;
  expect(again?.failures).toEqual([]);
});
