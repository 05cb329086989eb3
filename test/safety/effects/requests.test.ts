import { expect, test } from 'vitest';
import { actionOf, appliedTo, pointedAt } from '../../fixtures/effects/applied.ts';

const applied = (http: string, rest = '') =>
  appliedTo(`- { id: it, http: { url: "https://h/x", ${http} }${rest} }`);

test.each([
  ['method: GET', 'read'],
  ['method: HEAD', 'read'],
  ['method: POST', 'change'],
  ['method: PUT', 'change'],
  ['method: PATCH', 'change'],
  ['method: DELETE', 'destructive'],
  ['headers: { Authorization: x, Accept: y }', 'read'],
  ['headers: { X-HTTP-Method-Override: GET }', 'read'],
  ['headers: { X-HTTP-Method-Override: PATCH }', 'change'],
  ['method: POST, headers: { x-method-override: delete }', 'destructive'],
  ['headers: { X-Purge: all }', 'change'],
])('a request with %s is a %s', (http, effect) => {
  expect(actionOf(applied(http).runbook, 'it').effect).toBe(effect);
});

test('what a header does is not known before it has its value', () => {
  const { runbook } = applied('headers: { X-HTTP-Method: "${{ inputs.name }}" }');
  expect(actionOf(runbook, 'it')).toMatchObject({ effect: 'change', confirm: { level: 'type' } });
});

test('a known change asks for a key, and a custom header does not make it another', () => {
  const { runbook } = applied('method: POST, headers: { X-Reason: drill }');
  expect(actionOf(runbook, 'it')).toMatchObject({ effect: 'change', confirm: { level: 'key' } });
});

test('an author can vouch for what is unproven, and not for what is known', () => {
  const because = ', read_because: It only counts.';
  expect(actionOf(applied('headers: { X-Count: a }', because).runbook, 'it').effect).toBe('read');
  expect(pointedAt(applied('method: DELETE', ', effect: change'))[0]).toMatch(/^effect-too-low/);
  expect(pointedAt(applied('method: POST', because))[0]).toMatch(/^effect-too-low/);
});

test('a verification, a wait and a branch only take a request that reads', () => {
  const get = 'http: { url: "https://h/x" }';
  const post = 'http: { method: POST, url: "https://h/x" }';
  for (const step of [
    (http: string) => `http: { method: PUT, url: "https://h/" }, verify: { ${http}, until: true }`,
    (http: string) => `wait: { ${http}, until: result.status == 200, within: 1m }`,
    (http: string) => `parallel: [{ id: a, ${http} }]`,
  ]) {
    expect(pointedAt(appliedTo(`- { id: it, ${step(get)} }`))).toEqual([]);
    expect(pointedAt(appliedTo(`- { id: it, ${step(post)} }`))[0]).toMatch(/^effect-not-read/);
  }
});
