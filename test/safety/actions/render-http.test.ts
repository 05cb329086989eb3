import { describe, expect, test } from 'vitest';
import type { Scope } from '#runbook/expression/cel.ts';
import { digestOf } from '#safety/actions/digest.ts';
import { renderAction } from '#safety/kinds/rules.ts';
import { sha256 } from '../../fixtures/compiled.ts';
import { runbookOf } from '../../fixtures/one-step.ts';

const INPUTS = { id: 'a b/../c?d#e', host: 'api-1', nothing: null, list: ['x', 'y&z'], none: [] };

function rendered(http: string, scope: Scope = {}) {
  const steps = `  - { id: one, for_each: '[{"a": 1}]', as: i, http: ${http} }\n`;
  const [step] = runbookOf(steps).steps;
  if (step?.does.kind !== 'http') throw new Error('there is no request');
  const { body } = step.does;
  const how = { readOnly: false, timeoutMs: 5, engine: undefined };
  return renderAction(body, { i: { ...INPUTS, ...scope } }, how);
}

/** Returns the request, or why there is none. */
function sent(http: string, scope: Scope = {}) {
  const action = rendered(http, scope);
  return action.ok ? action.value : action.reason;
}

const url = (text: string, scope: Scope = {}) => {
  const action = sent(`{ url: "${text}" }`, scope);
  return typeof action === 'object' && 'url' in action ? action.url : action;
};

describe('a value in a URL', () => {
  test.each([
    ['https://h/x/${{ i.id }}/y', 'https://h/x/a%20b%2F..%2Fc%3Fd%23e/y'],
    ['https://h/x?q=${{ i.id }}&r=1', 'https://h/x?q=a%20b%2F..%2Fc%3Fd%23e&r=1'],
    ['https://${{ i.host }}:8080/x', 'https://api-1:8080/x'],
    ['https://h/${{ i.host }}-${{ i.host }}', 'https://h/api-1-api-1'],
  ])('of %s stays one part', (text, expected) => {
    expect(url(text)).toBe(expected);
  });

  test.each(['', '.', '..'])('cannot make another path: "%s"', (id) => {
    expect(url('https://h/items/${{ i.id }}', { id })).toContain('not part of a path');
    expect(url('https://h/items/${{ i.host }}${{ i.id }}', { id })).toContain('not part of a path');
    expect(url('https://h/items?x=${{ i.id }}', { id })).toBe(`https://h/items?x=${id}`);
    // The question mark of an expression begins no query.
    expect(url("https://h/${{ i.host == 'x' ? 1 : 2 }}/${{ i.id }}", { id })).toContain('not part');
  });

  test.each(['evil.example/', 'a@b', 'h:1:2', '', 'a b', 'h#'])(
    'cannot make another host: "%s"',
    (host) => {
      expect(url('https://${{ i.host }}/x', { host })).toContain('it is not a host');
    },
  );

  test('can be the start of it', () => {
    const base = (text: string, host: string) => url(`\${{ i.host }}${text}`, { host });
    expect(base('/x', 'http://h:1/api')).toBe('http://h:1/api/x');
    expect(base('/x', 'http://h/api/')).toBe('http://h/api/x');
    expect(base('', 'http://h/api?x=1')).toBe('http://h/api?x=1');
    expect(base('/x', 'http://h/api?x=1')).toContain('it has a query');
    expect(base('.evil/x', 'http://h')).toContain('write /');
    expect(base('/x', 'file:///etc')).toContain('not an http or https URL');
  });
});

test('a value that was not given is never the word null', () => {
  for (const http of [
    '{ url: "https://h/${{ i.nothing }}" }',
    '{ url: "https://h/", headers: { X: "${{ i.nothing }}" } }',
    '{ url: "https://h/", query: { x: "${{ i.nothing }}" } }',
    '{ method: POST, url: "https://h/", form: { x: "${{ i.nothing }}" } }',
    '{ method: POST, url: "https://h/", body: "${{ i.nothing }}" }',
  ])
    expect(rendered(http)).toMatchObject({ ok: false });
  const json = '{ method: POST, url: "https://h/", json: { x: "${{ i.nothing }}" } }';
  expect(sent(json)).toMatchObject({ body: '{"x":null}' });
});

test('a list is its name once for each item, and no name for an empty one', () => {
  const query =
    '{ url: "https://h/x?a=1", query: { l: "${{ i.list }}", n: "${{ i.none }}", k: 2 } }';
  expect(sent(query)).toMatchObject({ url: 'https://h/x?a=1&l=x&l=y%26z&k=2' });
});

test('a body has its type, which a header can replace', () => {
  const post = (rest: string) => sent(`{ method: POST, url: "https://h/", ${rest} }`);
  expect(post('json: { a: "${{ i.id }}", b: ["${{ i.list }}"] }')).toMatchObject({
    body: '{"a":"a b/../c?d#e","b":[["x","y&z"]]}',
    headers: { 'content-type': 'application/json' },
  });
  expect(post('form: { a: "${{ i.id }}" }')).toMatchObject({
    body: 'a=a%20b%2F..%2Fc%3Fd%23e',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
  });
  expect(post('body: "<${{ i.host }}>", headers: { Content-Type: text/xml }')).toMatchObject({
    body: '<api-1>',
    headers: { 'content-type': 'text/xml' },
  });
});

test('a header cannot begin another one', () => {
  const http = '{ url: "https://h/", headers: { X-A: "${{ i.id }}" } }';
  for (const id of ['a\r\nX-B: c', 'a\0', 'é'])
    expect(sent(http, { id })).toContain('the header X-A has characters');
});

test('every part of a request is in the digest', () => {
  const digest = (http: string) => {
    const action = rendered(http);
    if (!action.ok) throw new Error(action.reason);
    return digestOf({ step: 'one', action: action.value, where: 'here', rows: [] }, sha256);
  };
  const all = [
    '{ method: POST, url: "https://h/" }',
    '{ method: PUT, url: "https://h/" }',
    '{ method: POST, url: "https://h/x" }',
    '{ method: POST, url: "https://h/", headers: { A: b } }',
    '{ method: POST, url: "https://h/", headers: { A: c } }',
    '{ method: POST, url: "https://h/", query: { a: b } }',
    '{ method: POST, url: "https://h/", json: { a: b } }',
    '{ method: POST, url: "https://h/", body: b }',
    '{ method: POST, url: "https://h/", ca: /x }',
    '{ method: POST, url: "https://h/", ok_status: [500] }',
  ].map(digest);
  expect(new Set(all).size).toBe(all.length);
});
