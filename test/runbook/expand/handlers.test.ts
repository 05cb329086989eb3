import { describe, expect, test } from 'vitest';
import type { Runbook } from '#runbook/model/runbook.ts';
import { parsed, Stepper } from '../../fixtures/compiled.ts';
import { rehearsed } from '../../fixtures/rehearsed.ts';

const TEXT = `name: handled
title: Handled
summary: Handled.
on_error:
  - if: error.kind in ["no_permission", "auth"]
    finding: "Not allowed: \${{ error.message }}."
    goto: another
  - if: error.message.contains("disk")
    goto: full
  - goto: ask_owner
on_declined: ask_owner
phases:
  fix:
    on_error:
      - if: error.kind == "timeout"
        goto: full
steps:
  - { id: look, effect: read, shell: uptime, next: clean }
  - id: clean
    phase: fix
    shell: rm -rf -- /var/tmp/cache
    effect: destructive
    confirm: { level: type, phrase: clean }
    next:
      - if: error.kind == "exit"
        finding: Nothing was there.
        goto: solved
      - goto: solved
  - { id: another, phase: verify, manual: Log in as another user., next: solved }
  - { id: full, finish: { outcome: unresolved, summary: The disk is full. } }
  - { id: ask_owner, finish: { outcome: escalated, summary: Ask the owner. } }
  - { id: solved, finish: { outcome: resolved, summary: It is clean. } }
`;

const runbook = parsed(TEXT, 'handled.yaml');

function nextOf(book: Runbook, id: string) {
  const step = book.steps.find((one) => one.id === id);
  return step?.next.map(({ if: condition, goto }) => [condition?.text, goto]);
}

const FAILED = 'error.kind != "none" && error.kind != "declined"';

describe('handlers', () => {
  test('belong to requests too, which can fail and be declined', () => {
    const book = parsed(
      TEXT.replace(
        '{ id: look, effect: read, shell: uptime, next: clean }',
        '{ id: look, http: { method: POST, url: https://h/a }, next: clean }',
      ),
      'handled.yaml',
    );
    expect(nextOf(book, 'look')).toContainEqual([FAILED, 'ask_owner']);
    expect(nextOf(book, 'look')).toContainEqual(['error.kind == "declined"', 'ask_owner']);
  });

  test('are behind the conditions of a step, those of its phase first, before its default', () => {
    expect(nextOf(runbook, 'clean')).toEqual([
      ['error.kind == "exit"', 'solved'],
      ['error.kind == "timeout"', 'full'],
      ['error.kind in ["no_permission", "auth"]', 'another'],
      [`${FAILED} && (error.message.contains("disk"))`, 'full'],
      [FAILED, 'ask_owner'],
      ['error.kind == "declined"', 'ask_owner'],
      [undefined, 'solved'],
    ]);
  });

  test('of a gate that is declined are not those of a read, and steps that cannot fail have none', () => {
    expect(nextOf(runbook, 'look')?.map(([, goto]) => goto)).toEqual([
      'another',
      'full',
      'ask_owner',
      'clean',
    ]);
    expect(nextOf(runbook, 'another')).toEqual([[undefined, 'solved']]);
  });

  test.each([
    [{ kind: 'timeout', message: 'slow' }, 'ask_owner'],
    [{ kind: 'auth', message: 'no' }, 'another'],
    [{ kind: 'unknown', message: 'no space left on disk' }, 'full'],
  ] as const)('take a failed run where they say: %o', (error, goto) => {
    const stepper = new Stepper(runbook);
    stepper.send({ type: 'FAILED', error, elapsedMs: 1, random: 0 });
    const decided = stepper.at.effects.flatMap(({ type, params }) =>
      type === 'record' && params.type === 'branch.taken' ? [params.goto] : [],
    );
    expect(decided).toEqual([goto]);
  });

  test('are one branch each in tests, whichever step takes it', () => {
    const cases = `cases:
  - name: may not
    steps: { look: { error: auth } }
    answers: [{ done: another, evidence: yes }]
    expect: { path: [look, another, solved] }
  - name: declined
    steps: { look: { stdout: up } }
    answers: [{ decline: clean }]
    expect: { path: [look, clean, ask_owner] }
`;
    const { results, coverage } = rehearsed(runbook, cases);
    expect(results.flatMap(({ failures }) => failures)).toEqual([]);
    expect(coverage.missed.filter(({ missed }) => missed.includes('handler'))).toHaveLength(3);
  });
});
