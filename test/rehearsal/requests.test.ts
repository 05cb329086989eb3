import { expect, test } from 'vitest';
import { newCases } from '#rehearsal/cases/yaml-text.ts';
import { recordCase } from '#rehearsal/recording/case.ts';
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

/** The result of a request that was refused. */
const NO_ANSWER = {
  ...{ status: null, status_code: null, headers: null, json: null, text: null },
  truncated: false,
};

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

test('a run whose request got no answer is recorded as a case that loads and passes', () => {
  const refused = caseOf('{ look: { error: refused } }', '[look]', 'answers: [{ leave: look }]');
  const { results } = rehearsed(SERVICE, refused.replace('expect: {', 'expect: { outcome: left,'));
  const [first] = results;
  expect(first?.failures).toEqual([]);
  // A real request that is refused has an empty answer beside its error.
  const events = (first?.rehearsed.events ?? []).map((record) =>
    record.event.type === 'step.finished'
      ? { ...record, event: { ...record.event, result: NO_ANSWER } }
      : record,
  );
  const text = newCases(recordCase(SERVICE, events) ?? null);
  expect(text).not.toContain('status');
  expect(failures(text)).toBe('');
});

test('a recorded answer has its headers only where the runbook reads them', () => {
  const found = '{ look: { status: 200, headers: { server: x }, json: { state: up } } }';
  const [first] = rehearsed(SERVICE, caseOf(found, '[look, done]')).results;
  const text = newCases(recordCase(SERVICE, first?.rehearsed.events ?? []) ?? null);
  expect(text).toContain('json: { state: up }');
  expect(text).not.toContain('server');
});
