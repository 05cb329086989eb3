import { expect, test } from 'vitest';
import { parsed } from '../fixtures/compiled.ts';
import { rehearsed } from '../fixtures/rehearsed.ts';

const RUNBOOK = parsed(`
name: inline
title: A service is down
summary: A service does not answer.
steps:
  - id: look
    effect: read
    shell: systemctl status x
    next:
      - if: error.kind == "exit"
        goto: restart
      - if: result.stdout == "fine"
        goto: fine
  - { id: more, if: steps.look.stdout != "", effect: read, shell: uptime }
  - { id: restart, effect: change, shell: systemctl restart x }
  - { id: fine, finish: { outcome: resolved, summary: It runs. } }
`);

function missedAfter(...cases: readonly string[]): readonly string[] {
  const text = `cases:\n${cases.map((one, index) => `  - { name: c${index}, ${one} }`).join('\n')}`;
  const { results, coverage } = rehearsed(RUNBOOK, text);
  expect(results.flatMap(({ failures }) => failures.map(({ message }) => message))).toEqual([]);
  expect(coverage.taken + coverage.missed.length).toBe(coverage.branches);
  return coverage.missed.map(({ step, missed }) => `${step} → ${missed}`);
}

const BROKEN =
  'steps: { look: { exit: 3 }, restart: { exit: 0 } }, answers: [{ confirm: restart }], expect: { outcome: resolved }';
const RUNNING = 'steps: { look: { stdout: fine } }, expect: { path: [look, fine] }';
const DECLINED =
  'steps: { look: { stdout: odd }, more: { stdout: x } }, answers: [{ decline: restart }, { skip: restart }], expect: { outcome: resolved }';
const SILENT =
  'steps: { look: { exit: 0 }, restart: { exit: 0 } }, answers: [{ confirm: restart }], expect: { statuses: { more: skipped } }';

test('names every branch that no case takes, with its line', () => {
  expect(missedAfter(BROKEN)).toEqual([
    'look → clause 2 "result.stdout == "fine"" (line 12) never taken',
    'look → never continued in order, with no clause true',
    'more → never run: if "steps.look.stdout != """ was never true',
    'more → never skipped: if "steps.look.stdout != """ was never false',
    'restart → its gate was never declined',
  ]);
});

test('adds up what all cases take', () => {
  expect(missedAfter(BROKEN, RUNNING, DECLINED)).toEqual([
    'more → never skipped: if "steps.look.stdout != """ was never false',
  ]);
  expect(missedAfter(BROKEN, RUNNING, DECLINED, SILENT)).toEqual([]);
});

test('does not count a clause that the operator chose', () => {
  const undecided = parsed(`
name: inline
title: A
summary: B.
steps:
  - { id: look, effect: read, shell: uptime, parse: json, next: [{ if: result.json.up > 3, goto: fine }] }
  - { id: fine, finish: { outcome: resolved, summary: C. } }
`);
  const text = `cases:
  - name: x
    steps: { look: { json: {} } }
    answers: [{ choose: look, clause: 1, because: it is up }]
    expect: { path: [look, fine] }`;
  const { results, coverage } = rehearsed(undecided, text);
  expect(results[0]?.failures).toEqual([]);
  expect(coverage.missed.flatMap(({ keys }) => keys)).toEqual(['look clause 0', 'look order']);
});
