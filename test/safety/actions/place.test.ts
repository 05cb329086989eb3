import { describe, expect, test } from 'vitest';
import { describePlace, renderPlace } from '#safety/actions/place.ts';
import { parsed } from '../../fixtures/compiled.ts';

/** The address that the only script of a runbook has for an item. */
function addressOf(on: string, host: unknown) {
  const text = `name: hosts
title: Hosts hang
summary: Hosts hang.
steps:
  - { id: one, for_each: "['a']", as: host, on: ${on}, effect: read, shell: uptime }
  - { id: end, finish: { outcome: resolved, summary: Done. } }
`;
  const does = parsed(text, 'hosts.yaml').steps[0]?.does;
  const body = does?.kind === 'shell' ? does.body : undefined;
  const place = body?.kind === 'shell' ? body.place : undefined;
  if (place === undefined) throw new Error('the step has no address of its own');
  return renderPlace(place, { host: host as string });
}

test.each([
  ['{ ssh: "ops@${{ host }}" }', 'web-1', 'ssh ops@web-1'],
  ['{ docker: "${{ host }}" }', 'web-1', 'docker web-1'],
  [
    '{ kubernetes: { pod: "${{ host.pod }}", namespace: shop } }',
    { pod: 'w1' },
    'kubernetes shop pod/w1',
  ],
])('%s is the address of an item', (on, host, expected) => {
  const place = addressOf(on, host);
  expect(place.ok ? describePlace(place.value) : place.reason).toBe(expected);
});

describe('an item that is no address is refused', () => {
  test.each([
    ['-oProxyCommand=id', 'begins with a dash'],
    ['a b', 'a space'],
    ['$(id)', 'sign of the shell'],
    ['', 'empty'],
    [null, 'null'],
  ])('%j', (host, reason) => {
    const place = addressOf('{ ssh: "${{ host }}" }', host);
    expect(place.ok ? place.value : place.reason).toContain(reason);
  });

  test('a user that could be an option', () => {
    expect(addressOf('{ ssh: "user@${{ host }}" }', '-x')).toMatchObject({ ok: false });
  });
});
