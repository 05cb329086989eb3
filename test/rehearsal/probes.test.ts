import { expect, test } from 'vitest';
import { parsed } from '../fixtures/compiled.ts';
import { failuresOf, problemsOf } from '../fixtures/rehearsed.ts';

const LOGIN = parsed(`
name: inline
title: Unlock
summary: Unlocks an account.
inputs: { url: { type: url, secret: true } }
steps:
  - id: unlock
    effect: change
    shell: unlock
    verify: { probe: { login: { url: '\${{ inputs.url }}' } }, until: result.failed_stage == null, within: 10s }
    next:
      - { if: error.kind == "unverified", goto: locked, finding: 'Still locked: \${{ error.message }}.' }
      - goto: done
  - { id: done, finish: { outcome: resolved, summary: It is unlocked. } }
  - { id: locked, finish: { outcome: escalated, summary: It is locked. } }
`);

const caseOf = (verify: string, path: string) => `inputs: { url: postgres://app@db1/shop }
cases:
  - name: one
    steps: { unlock: { result: { exit: 0 }, verify: ${verify} } }
    answers: [{ confirm: unlock }]
    expect: { path: [unlock, ${path}] }
`;

test('a probe that fails answers with its error, as a real one does', () => {
  expect(failuresOf(LOGIN, caseOf('{ error: auth }', 'locked'))).toBe('');
  expect(failuresOf(LOGIN, caseOf('{ failed_stage: null }', 'done'))).toBe('');
});

test('a probe that failed at a stage and has no error is refused: there is none', () => {
  expect(problemsOf(LOGIN, caseOf('{ failed_stage: auth }', 'locked'))).toContain(
    'a probe that failed at a stage has an error',
  );
});
