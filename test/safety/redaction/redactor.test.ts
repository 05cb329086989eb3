import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { createRedactor } from '#safety/redaction/redactor.ts';
import { processorMs } from '../../support/processor-time.ts';
import { draws, fc } from '../../support/properties.ts';

const PASSWORD = 'p$%@/:w';
const URL_AS_WRITTEN = 'postgres://app:p%24%25%40%2F%3Aw@db1.example:5432/shop?sslmode=require';
const MASK = '‹secret:database_url›';

const redactor = createRedactor([{ name: 'database_url', value: URL_AS_WRITTEN }]);

describe('a secret connection URL', () => {
  test('is masked whole', () => {
    expect(redactor.text(`connect to ${URL_AS_WRITTEN} failed`)).toBe(`connect to ${MASK} failed`);
  });

  test.each([
    ['as it is', PASSWORD],
    ['as encodeURIComponent writes it', encodeURIComponent(PASSWORD)],
    ['in lower-case hex', encodeURIComponent(PASSWORD).toLowerCase()],
    ['as an HTML form sends it', new URLSearchParams({ q: PASSWORD }).toString().slice(2)],
    ['with only the dangerous characters encoded', 'p$%25%40%2F%3Aw'],
    ['encoded twice', encodeURIComponent(encodeURIComponent(PASSWORD))],
    ['in base64', Buffer.from(PASSWORD).toString('base64').slice(0, -3)],
    ['in JSON of PHP', JSON.stringify(PASSWORD).slice(1, -1).replaceAll('/', '\\/')],
    ['as bash quotes it', 'p\\$%@/:w'],
  ])('has its password masked %s', (_, form) => {
    expect(redactor.text(`see "${form}" here`)).toBe(`see "${MASK}" here`);
  });

  test('keeps host, user and database readable where they stand alone', () => {
    const text = 'postgres app@db1.example:5432/shop';
    expect(redactor.text(text)).toBe(text);
  });

  test('has its password masked in another URL, by its own name', () => {
    expect(redactor.text(`mysql://root:${encodeURIComponent(PASSWORD)}@other/x`)).toBe(
      `mysql://root:${MASK}@other/x`,
    );
  });

  test('has a password with unencoded characters found and masked', () => {
    const raw = createRedactor([
      { name: 'dsn', value: `postgres://app:${PASSWORD}@127.0.0.1:5/x` },
    ]);
    expect(raw.text(`password is ${PASSWORD}.`)).toBe('password is ‹secret:dsn›.');
    expect(raw.text('app@127.0.0.1:5/x')).toBe('app@127.0.0.1:5/x');
  });

  test('has a password in its parameters masked', () => {
    const url = createRedactor([{ name: 'dsn', value: 'postgres://h/x?user=a&password=s3cr%24t' }]);
    expect(url.text('s3cr$t or s3cr%24t')).toBe('‹secret:dsn› or ‹secret:dsn›');
  });
});

test('a secret is masked at all three alignments of base64, in both alphabets', () => {
  const secret = 'hunter2?>~ÿÿÿ';
  const masked = createRedactor([{ name: 'token', value: secret }]);
  for (const user of ['', 'a', 'ab', 'abc', 'someone:'])
    for (const alphabet of ['base64', 'base64url'] as const) {
      const header = Buffer.from(`${user}${secret}:rest`).toString(alphabet);
      const text = masked.text(`Authorization: Basic ${header}`);
      expect(text).toContain('‹secret:token›');
      const left = text.replace('Authorization: Basic ', '').replace('‹secret:token›', ' ');
      const decoded = left.split(' ').map((part) => Buffer.from(part, 'base64').toString('latin1'));
      expect(decoded.join('')).not.toContain('unter2');
    }
});

test('what a shell prints while tracing a script that uses the secret is masked', () => {
  const secret = `it's "p$%@/:w" \\ & <b>`;
  const script = 'set -x; : "$S"; printf "%q\\n" "$S"; declare -p S';
  const { stdout, stderr } = spawnSync('bash', ['-c', script], { env: { S: secret } });
  const masked = createRedactor([{ name: 's', value: secret }]).text(`${stdout}${stderr}`);
  expect(masked.match(/‹secret:s›/g)?.length).toBeGreaterThanOrEqual(3);
  expect(masked).not.toContain('@/:w');
});

test('a password in a URL that nobody declared secret is masked, and nothing else in it', () => {
  const { text } = createRedactor([]);
  expect(text('redis://:hunter2@cache:6379/0, amqp://a:b@c')).toBe(
    'redis://:‹secret:url-password›@cache:6379/0, amqp://a:‹secret:url-password›@c',
  );
  expect(text('postgres://app:p$%@/:w@h/db')).toBe('postgres://app:‹secret:url-password›@h/db');
  for (const harmless of [
    'https://registry.example:8080/@scope/name',
    'postgres://app@db1:5432/shop?application_name=a@b',
    'see http://a:80/x and mail b@c',
    'postgres://app:‹secret:database_url›@db1/shop',
  ])
    expect(text(harmless)).toBe(harmless);
});

test('looking for URLs takes linear time in a text made to prevent that', () => {
  const { text } = createRedactor([]);
  const took = processorMs(() => {
    for (const hostile of ['a://', '://', 'a', 'a://?b=', 'a://@', 'a:'])
      text(`${hostile.repeat(300_000 / hostile.length)}://x@`);
  });
  expect(took).toBeLessThan(6_000);
});

test('overlapping secrets are masked as one', () => {
  const { text } = createRedactor([
    { name: 'a', value: 'abcdefgh' },
    { name: 'b', value: 'efghijkl' },
    { name: 'c', value: 'bcde' },
  ]);
  expect(text('-abcdefghijkl-')).toBe('-‹secret:a›-');
});

test('a secret of up to three characters is masked where it stands alone', () => {
  const { text } = createRedactor([{ name: 'pin', value: 'app' }]);
  expect(text('app:app application "app"')).toBe(
    '‹secret:pin›:‹secret:pin› application "‹secret:pin›"',
  );
});

test('an empty secret masks nothing', () => {
  const { text } = createRedactor([{ name: 'none', value: '' }]);
  expect(text('a b')).toBe('a b');
});

test('strings, keys and numbers deep in a value are masked', () => {
  const { json } = createRedactor([
    { name: 'word', value: 'hunter2' },
    { name: 'pin', value: '123456' },
  ]);
  expect(json({ rows: [{ hunter2: 'x hunter2', n: 123456, m: 1, ok: true, no: null }] })).toEqual({
    rows: [{ '‹secret:word›': 'x ‹secret:word›', n: '‹secret:pin›', m: 1, ok: true, no: null }],
  });
});

test('no secret survives in any of its forms, wherever it stands', () => {
  const part = fc.string({ unit: fc.constantFrom(...'ab $%@/:\'"\\\n&ü'), maxLength: 12 });
  const secret = fc
    .string({ unit: fc.constantFrom(...'abcZ09$%@/:\'"\\&?# ü€😀'), minLength: 5, maxLength: 24 })
    .filter((value) => value.trim().length >= 5);
  const encode = fc.constantFrom<(text: string) => string>(
    (text) => text,
    encodeURIComponent,
    (text) => new URLSearchParams({ q: text }).toString().slice(2),
    (text) => JSON.stringify(text).slice(1, -1),
    (text) => Buffer.from(text).toString('hex').slice(0, 0) + text.replaceAll("'", `'\\''`),
  );
  fc.assert(
    fc.property(part, secret, part, encode, (before, value, after, form) => {
      const { text } = createRedactor([{ name: 's', value }]);
      expect(text(before + form(value) + after)).toContain('‹secret:s›');
      expect(text(before + form(value) + after)).not.toContain(form(value));
    }),
    draws(500),
  );
});
