import { expect, test } from 'vitest';
import { createRedactor } from '#safety/redaction/redactor.ts';
import { createSearch } from '#safety/redaction/search.ts';
import { suspectSecrets } from '#safety/redaction/suspect-secrets.ts';
import { plainView } from '#safety/redaction/view.ts';
import { visibleOf } from '#safety/redaction/visible.ts';
import { decodePercent, findUrlPasswords } from '#text/url.ts';

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
  // With spaces around it, a short secret stays short and a common word common.
  [' zq7 ', '(zq7) zq78', '(‹secret:s›) zq78'],
  [' postgres ', 'is postgres', 'is postgres'],
  // Nothing is paired with a password that does not exist: this is `app:` in Base64.
  ['postgres://app@h/d', 'Basic YXBwOg==', 'Basic YXBwOg=='],
  ['postgres://app:@h/d', 'Basic YXBwOg==', 'Basic YXBwOg=='],
  // What is decoded to less than four bytes is no secret by itself.
  ['%41%42', 'AB 4142 is %41%42', 'AB 4142 is ‹secret:s›'],
  ['hunter2\u001b[', 'hunter2 is hunter2\u001b[', 'hunter2 is ‹secret:s›'],
  // A short secret is not put together across the lines of encoded text.
  ['zq7', 'AAAAAAAAAAAAAA-z\nq7 x', 'AAAAAAAAAAAAAA-z\nq7 x'],
  // The end of a text ends a code as well.
  ['hunt&', 'hun%74&', '‹secret:s›'],
  ['postgres', `password=postgres ${'x'.repeat(300)}`, `password=‹secret:s› ${'x'.repeat(300)}`],
  ['postgres', '-ppostgres', '-p‹secret:s›'],
  ['hunter2', 'x://a:pw@h hunter2', 'x://a:‹secret:url-password›@h ‹secret:s›'],
  ['hunter2', 'x://a:‹secret:pw@h', 'x://a:‹secret:url-password›@h'],
  ['hunter2', 'x://a:pw›@h', 'x://a:‹secret:url-password›@h'],
  ['hunter2', 'x://a:‹secret:t›@h', 'x://a:‹secret:t›@h'],
  ['hunter2', 'half \ud800 of a pair', 'half \ud800 of a pair'],
])('of %j, %j becomes %j', (value, written, shown) => {
  expect(createRedactor([{ name: 's', value }]).text(written)).toBe(shown);
});

test('a value is masked as a password at its very beginning, as a text is', () => {
  const { json } = createRedactor([{ name: 's', value: 'postgres' }]);
  expect(json(['-ppostgres', 'postgres'])).toEqual(['-p‹secret:s›', 'postgres']);
});

test('secrets side by side have a mask each, and of two that overlap the longer one names it', () => {
  const { text } = createRedactor([
    { name: 'a', value: 'abcd' },
    { name: 'b', value: 'efgh' },
    { name: 'c', value: 'bcdxyz' },
  ]);
  expect(text('abcdefgh')).toBe('‹secret:a›‹secret:b›');
  expect(text('abcdxyz')).toBe('‹secret:c›');
});

test('a password in a URL is decoded, and what is no code stays', () => {
  expect(decodePercent('%41b%C3%A9')).toBe('Abé');
  expect(decodePercent('%zz %4 %C3%41 %ff')).toBe('%zz %4 %C3%41 %ff');
});

test.each([2_040, 2_041, 2_042, 2_043, 2_044, 2_045, 2_046, 2_047, 2_048, 2_049])(
  'a URL inside of one too long to be searched is found, its password %i characters behind',
  (length) => {
    const far = `a://${'x'.repeat(length)}`;
    expect(findUrlPasswords(`${far}@h`)).toEqual([]);
    const near = `a://${'x'.repeat(length - 20)}b://u:`;
    expect(findUrlPasswords(`${near}${'p'.repeat(40)}@h`)).toEqual([
      { start: near.length, end: near.length + 40 },
    ]);
  },
);

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

test('what is not drawn is found wherever it stands, and wherever the bytes begin in memory', () => {
  for (const offset of [0, 1, 2, 3])
    for (let length = 1; length <= 18; length += 1) {
      const bytes = new Uint8Array(offset + length).fill(0x61).subarray(offset);
      expect(visibleOf(plainView(bytes), true).shown.bytes).toEqual(bytes);
      for (const undrawn of [0x00, 0x0d, 0x1f, 0x7f])
        for (let at = 0; at < length; at += 1) {
          const spoilt = new Uint8Array(bytes.buffer.slice(0)).subarray(offset);
          spoilt[at] = undrawn;
          expect(visibleOf(plainView(spoilt), true).shown.bytes).toEqual(bytes.subarray(1));
        }
    }
});

test.each([[[0xc2]], [[0xe0, 0xa4]], [[0xe2, 0x80]], [[0xf0, 0x9f, 0x94]], [[0xf3, 0xa0]]])(
  'the beginning of a character is not shown before the rest of it: %j',
  (begun) => {
    const bytes = Uint8Array.of(0x61, ...begun);
    expect(visibleOf(plainView(bytes), false).shown.bytes).toEqual(Uint8Array.of(0x61));
    expect(visibleOf(plainView(bytes), true).shown.bytes).toEqual(bytes);
  },
);

/** Answers are kept, so each run asks for characters that none has asked for before. */
let asked = 0;

test('a character that is met for the first time is dropped if it is not drawn', () => {
  asked += 1;
  const written = (code: number) => {
    const tail = (by: number) => 0x80 | ((code >> by) & 0x3f);
    return [0xf0 | (code >> 18), tail(12), tail(6), tail(0)];
  };
  const shown = (code: number) => [
    ...visibleOf(plainView(Uint8Array.of(0x61, ...written(code))), true).shown.bytes,
  ];
  expect(shown(0xe0200 + (asked % 0xd00))).toEqual([0x61]);
  expect(shown(0x20000 + (asked % 0xa000))).toHaveLength(5);
  // No character has such a number.
  expect(shown(0x110001 + (asked % 0xf000))).toHaveLength(5);
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
