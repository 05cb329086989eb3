import { expect, test } from 'vitest';
import { parsed } from '../fixtures/compiled.ts';
import { failuresOf, problemsOf, rehearsed } from '../fixtures/rehearsed.ts';

const SERVICE = parsed(`
name: inline
title: Restart
summary: Restarts a service.
steps:
  - id: look
    effect: read
    http: { url: https://api.example/service }
    next:
      - if: error.kind == "not_found"
        goto: gone
      - if: result.json.state == "down"
        goto: restart
      - goto: done
  - id: restart
    effect: change
    http: { method: POST, url: https://api.example/restart, ok_status: [202] }
    next: done
  - { id: done, finish: { outcome: resolved, summary: It is up. } }
  - { id: gone, finish: { outcome: escalated, summary: There is none. } }
`);

const caseOf = (steps: string, path: string, answers = '') => `cases:
  - name: one
    steps: ${steps}
    ${answers}
    expect: { path: ${path} }
`;

const failures = (text: string) => failuresOf(SERVICE, text);

test('an answer is given by its status, and by JSON or a text', () => {
  const down = '{ look: { json: { state: down } }, restart: { status: 202 } }';
  const confirmed = 'answers: [{ confirm: restart }]';
  expect(failures(caseOf(down, '[look, restart, done]', confirmed))).toBe('');
  expect(failures(caseOf('{ look: { status: 404, text: no } }', '[look, gone]'))).toBe('');
  const both = caseOf('{ look: { text: x, json: {} } }', '[look, done]');
  expect(problemsOf(SERVICE, both)).toContain('say the same thing twice');
});

test('a status that is no success fails a request as a real one does', () => {
  const down = '{ look: { json: { state: down } }, restart: { status: 200 } }';
  const text = caseOf(down, '[look, restart, done]', 'answers: [{ confirm: restart }]');
  expect(rehearsed(SERVICE, text).results[0]?.failures.length).toBeGreaterThan(0);
});

test('a missing answer is shown with what the runbook reads of it', () => {
  expect(failures(caseOf('{}', '[look, done]'))).toContain('look: { json: {} }');
});
