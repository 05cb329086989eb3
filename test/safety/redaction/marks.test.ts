import { expect, test } from 'vitest';
import { createRedactor } from '#safety/redaction/redactor.ts';
import { createSearch } from '#safety/redaction/search.ts';
import { suspectSecrets } from '#safety/redaction/suspect-secrets.ts';

test('only the exact secret of a name is given as its mask', () => {
  const { given } = createRedactor([
    { name: 'a', value: 'one' },
    { name: 'b', value: 'two' },
  ]);
  expect(given('a', 'one')).toBe('‹secret:a›');
  expect(given('b', 'two')).toBe('‹secret:b›');
  expect([given('a', 'two'), given('b', 'one'), given('c', 'one'), given('a', '')]).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});

test('a byte order mark stays where it stood', () => {
  const { text } = createRedactor([{ name: 's', value: 'hunter2' }]);
  expect(text('\ufeffhunter2\ufeff')).toBe('\ufeff‹secret:s›\ufeff');
  expect(text('plain')).toBe('plain');
});

test('without secrets only URLs are looked at', () => {
  const { text } = createRedactor([]);
  expect(text('a:b@c')).toBe('a:b@c');
  expect(text('x://a:b@c')).toBe('x://a:‹secret:url-password›@c');
});

test.each([
  // A part of an address, a common word and a value that is no secret are masked as passwords only.
  ['POSTGRES', { facts: [], values: [] }, 'the POSTGRES role', 'PGPASSWORD=POSTGRES'],
  ['orders', { facts: ['db-orders-1'] }, 'the orders are late', 'password=orders'],
  ['orders', { values: ['orders'] }, 'the orders are late', 'password=orders'],
] as const)('%s is masked only as a password, with %j', (value, known, seen, hidden) => {
  const { text } = createRedactor([{ name: 's', value }], known);
  expect(text(seen)).toBe(seen);
  expect(text(hidden)).toContain('‹secret:s›');
});

test.each([
  ['  hunter2  ', 'is hunter2.', 'is ‹secret:s›.'],
  ['   ', 'a   b', 'a   b'],
  ['zq7', 'x zq7 y', 'x ‹secret:s› y'],
  ['zq7', 'x 7a7137 y', 'x ‹secret:s› y'],
  ['zq7', 'x 7A 71 37 y', 'x ‹secret:s› y'],
  ['zq7', 'zq78', 'zq78'],
  ['z7', 'x 7a37 y', 'x 7a37 y'],
  ['z7', 'x z7 y', 'x ‹secret:s› y'],
  [' postgres://app:s3cr%24t@h/d ', 'is s3cr$t', 'is ‹secret:s›'],
  ['postgres://h/d?password=s3cr%24t', 'is s3cr$t', 'is ‹secret:s›'],
  ['postgres://h/d?a=b&sslpassword=s3cr%24t', 'is s3cr$t', 'is ‹secret:s›'],
  ['postgres://h/d?xpassword=s3cr%24t', 'is s3cr$t', 'is s3cr$t'],
  ['postgres://app@h/d', 'is undefined or app', 'is undefined or app'],
  ['postgres://:s3cr%24t@h/d', ':s3cr$t x', ':‹secret:s› x'],
])('of %j, %j becomes %j', (value, written, shown) => {
  expect(createRedactor([{ name: 's', value }]).text(written)).toBe(shown);
});

test('a search for nothing finds nothing, and nothing may begin', () => {
  const { find, openStart } = createSearch([]);
  expect(find(Buffer.from('abc'))).toEqual([]);
  expect(openStart(Buffer.from('abc'))).toBe(3);
});

test('a text that ends in the middle of a secret is shown as it is', () => {
  const redactor = createRedactor([{ name: 's', value: 'hunter2' }]);
  expect(redactor.text('x hunte')).toBe('x hunte');
  const stream = redactor.stream();
  const shown = (bytes: Uint8Array) => Buffer.from(bytes).toString();
  expect(shown(stream.push(Buffer.from('x hunte')))).toBe('x ');
  expect(shown(stream.end())).toBe('hunte');
});

test('values that look like secrets are told in order, each once, with little of them', () => {
  const text =
    'Bearer abcdefghijklmnop1234 and postgres://app:hunter22@db1/x then api_key=postgres://a:0123456789@h';
  expect(suspectSecrets(text)).toMatchObject([
    { rule: 'bearer token', looksLike: 'abcd…', at: 7, length: 20 },
    { rule: 'password in a connection string', looksLike: 'hu…', at: 47, length: 8 },
    { rule: 'value of a secret name' },
  ]);
  expect(suspectSecrets('secret: abcdef')).toMatchObject([
    { looksLike: 'ab…', found: 'secret: abcdef' },
  ]);
});

test.each([
  ['its old secret: restart it now', []],
  ['its old secret:restart it now', ['secret:restart']],
  ['its old secret= restart it now', ['secret= restart']],
  ['its old secret: restart1 it now', ['secret: restart1']],
  ['its old secret: restart', ['secret: restart']],
  ['its old secret: restart now: x', ['secret: restart']],
  ['1 secret: restart it now', ['secret: restart']],
  ['secret: restart it now', ['secret: restart']],
])('a sentence that goes on is no value: %s', (text, found) => {
  expect(suspectSecrets(text).map((one) => one.found)).toEqual(found);
});
