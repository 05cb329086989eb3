import { describe, expect, test } from 'vitest';
import type { Runbook } from '#runbook/model/runbook.ts';
import { parsed } from '../fixtures/compiled.ts';
import { failuresOf, rehearsed } from '../fixtures/rehearsed.ts';

const CHILD = `
name: account
title: Account
summary: Looks for an account.
inputs: { who: { type: text } }
steps:
  - id: look
    effect: read
    shell: getent passwd \${{ inputs.who }}
    next:
      - if: error.kind == "exit"
        goto: gone
      - finding: \${{ inputs.who }} is there
        goto: fine
  - { id: fine, finish: { outcome: resolved, summary: There. } }
  - { id: gone, finish: { outcome: unresolved, summary: Gone. } }
`;

/** Parses a runbook that may run the account one. */
function runbook(steps: string): Runbook {
  const head = 'name: inline\ntitle: All\nsummary: All kinds of steps.\n';
  const target =
    'inputs: { url: { type: url } }\ntargets: { db: { database: "${{ inputs.url }}" } }\n';
  return parsed(`${head}${target}${steps}`, 'inline', { account: CHILD });
}

const FINE = `  - { id: fine, finish: { outcome: resolved, summary: Fine. } }
  - { id: bad, finish: { outcome: unresolved, summary: Bad. } }
`;

function caseOf(body: string): string {
  return `inputs: { url: postgres://app@db1/shop }\ncases:\n  - name: x\n${body}`;
}

describe('a case gives results', () => {
  test('to the steps of a parallel one, by their own ids', () => {
    const parallel = runbook(`steps:
  - id: both
    parallel:
      - { id: names, effect: read, shell: dig x }
      - { id: port, probe: { tcp: { host: db1, port: 5432 } } }
    next:
      - if: steps.names.status == "failed" || error.kind == "refused"
        goto: bad
${FINE}`);
    const good = `    steps: { names: { stdout: x, takes: 2s }, port: { ms: 3, takes: 1s } }
    expect: { path: [both, names, port, fine] }`;
    expect(failuresOf(parallel, caseOf(good))).toBe('');
    const [run] = rehearsed(parallel, caseOf(good)).results;
    const ended = run?.rehearsed.events.flatMap(({ event, at }) =>
      event.type === 'step.finished' ? [`${event.step} ${at.slice(17, 19)}`] : [],
    );
    // The one that takes less time ends first, although it stands last.
    expect(ended).toEqual(['port 01', 'names 02']);
    const bad = `    steps: { names: { stdout: x }, port: { error: refused } }
    expect: { path: [..., bad], statuses: { port: failed, names: succeeded } }`;
    expect(failuresOf(parallel, caseOf(bad))).toBe('');
  });

  test('to the items of a repeated step, one after the other, and of what takes them back', () => {
    const repeated = runbook(`steps:
  - id: each
    for_each: '["a", "b"]'
    as: name
    effect: change
    shell: touch \${{ name }}
    undo: { shell: 'rm \${{ name }}' }
  - { id: look, manual: Look. }
${FINE}`);
    const text = caseOf(`    steps:
      each: { result: [{ exit: 0 }, { exit: 0 }], undo: { exit: 0 } }
    answers:
      - confirm: each
      - confirm: each
      - undo: each
      - confirm: each
      - undo: each
      - confirm: each
      - abort: each
    expect:
      path: [each, look]
      gates:
        - { step: each, undo: false, shows: [touch a] }
        - { step: each, shows: [touch b] }
        - { step: each, undo: true, shows: [rm b] }
        - { step: each, undo: true, shows: [rm a] }
      outcome: aborted`);
    expect(failuresOf(repeated, text)).toBe('');
  });

  test('to the fields of a question, in their order', () => {
    const asking = runbook(`steps:
  - id: what
    ask: { question: What?, fields: { why: Why?, count: { question: How many?, type: number } } }
    next: [{ if: 'result.answers.count > 2.0 && result.answers.why == "so"', goto: fine }, { goto: bad }]
${FINE}`);
    const answered = (count: string) => `    answers:
      - { answer: what, with: so }
      - { answer: what, with: ${count} }
    expect: { path: [what, fine] }`;
    expect(failuresOf(asking, caseOf(answered('3')))).toBe('');
    expect(failuresOf(asking, caseOf(answered('1')))).toContain('bad');
    const tooFew = '    answers: [{ answer: what, with: so }]\n    expect: { path: [what] }';
    expect(failuresOf(asking, caseOf(tooFew))).toContain('2 of 2: How many?');
  });

  test('to the steps of another runbook, by parent and child', () => {
    const calling = runbook(`steps:
  - id: account
    runbook: account
    with: { who: bob }
    next:
      - if: result.outcome == "resolved"
        goto: fine
      - goto: bad
${FINE}`);
    const there = `    steps: { account/look: { stdout: bob } }
    expect: { path: [account, account/look, account/fine, fine], findings: [bob is there] }`;
    expect(failuresOf(calling, caseOf(there))).toBe('');
    const gone = `    steps: { account/look: { exit: 2 } }
    expect: { path: [..., account/gone, bad] }`;
    expect(failuresOf(calling, caseOf(gone))).toBe('');
    const { coverage } = rehearsed(calling, caseOf(there));
    expect(coverage.missed.map(({ step }) => step)).toEqual(['account', 'bad']);
  });

  test('to what a wait looks at, and to what has to be there before', () => {
    const waiting = runbook(`prerequisites:
  - { text: A client, shell: command -v psql }
steps:
  - { id: settle, on: db, wait: { until: result.row.n > 3, sql: SELECT n FROM t, every: 2s, within: 10s }, next: [{ if: error.kind == "timeout", goto: bad }] }
${FINE}`);
    const soon = `    steps: { prerequisite-1: { exit: 0 }, settle: [{ row: { n: 1 } }, { row: { n: 4 } }] }
    expect: { path: [prerequisite-1, settle, fine] }`;
    expect(failuresOf(waiting, caseOf(soon))).toBe('');
    const never = `    steps: { prerequisite-1: { exit: 0 }, settle: { row: { n: 1 } } }
    expect: { path: [..., settle, bad] }`;
    expect(failuresOf(waiting, caseOf(never))).toBe('');
  });

  test('to the steps of finally, also after an abort', () => {
    const cleaning = runbook(`steps:
  - { id: open, effect: read, shell: echo open }
  - { id: fine, finish: { outcome: resolved, summary: Fine. } }
finally:
  - { id: close, if: steps.open.status == "succeeded", effect: change, shell: echo close }
  - { id: tell, manual: Tell. }
`);
    const good = `    steps: { open: { stdout: x }, close: { stdout: x } }
    answers: [{ confirm: close }, { done: tell }]
    expect: { path: [open, fine, close, tell], outcome: resolved }`;
    expect(failuresOf(cleaning, caseOf(good))).toBe('');
    const aborted = `    steps: { open: { exit: 2 } }
    answers: [{ abort: open, because: wrong }, { done: tell }]
    expect: { path: [open, close, tell], outcome: aborted }`;
    expect(failuresOf(cleaning, caseOf(aborted))).toBe('');
  });

  test('to scripts: an exit code decides, and output is taken apart as the step says', () => {
    const scripts = runbook(`steps:
  - { id: rows, effect: read, shell: cat x, parse: json, next: [{ if: result.json.n == 3, goto: names }, { goto: bad }] }
  - { id: names, effect: read, shell: ls, parse: lines, ok_exit: [0, 1], next: [{ if: result.lines.size() == 2, goto: last }, { goto: bad }] }
  - { id: last, effect: read, shell: 'false', next: [{ if: error.kind == "not_found" && error.code == "127", goto: fine }] }
${FINE}`);
    const text = caseOf(`    steps:
      rows: { json: { n: 3 } }
      names: { lines: [a, b], exit: 1 }
      last: { exit: 127, stderr: "bash: psql: command not found" }
    expect: { path: [rows, names, last, fine] }`);
    expect(failuresOf(scripts, text)).toBe('');
  });
});
