import { expect, test } from 'vitest';
import { createRedactor } from '#safety/redaction/redactor.ts';
import { draws, fc } from '../../support/properties.ts';

const PASSWORD = 'p$%@/:w';
const SECRETS = [
  { name: 's', value: `postgres://app:${encodeURIComponent(PASSWORD)}@db1/shop` },
  { name: 's', value: 'ab' },
  { name: 's', value: 'wörter' },
];

const redactor = createRedactor(SECRETS);

/** A stream whose pieces are texts; one that cuts no character in two. */
function textStream(secrets: Parameters<typeof createRedactor>[0]) {
  const stream = createRedactor(secrets).stream();
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
  return {
    push: (piece: string) => text(stream.push(Buffer.from(piece))),
    end: () => text(stream.end()),
  };
}

function throughStream(pieces: readonly (string | Uint8Array)[]): string {
  const stream = redactor.stream();
  const shown = pieces.map((piece) => stream.push(Buffer.from(piece)));
  return Buffer.concat([...shown, stream.end()]).toString();
}

test.each([
  ['as it is', PASSWORD],
  ['URL-encoded', encodeURIComponent(PASSWORD)],
  ['in base64', Buffer.from(`app:${PASSWORD}`).toString('base64')],
  ['in a URL', `redis://:${PASSWORD}@h`],
])('a secret %s is masked wherever the output was split', (_, form) => {
  const whole = Buffer.from(`before ${form} after`);
  const expected = redactor.text(whole.toString());
  expect(expected).toContain('‹secret:s›');
  for (let at = 0; at <= whole.length; at += 1)
    expect(throughStream([whole.subarray(0, at), whole.subarray(at)])).toBe(expected);
  expect(throughStream(Array.from(whole, (byte) => Uint8Array.of(byte)))).toBe(expected);
});

test('a stream masks what the whole text would have masked, for every way to split it', () => {
  const piece = fc.oneof(
    fc.constantFrom(PASSWORD, 'wörter', 'wörterwörter', 'ab', ' ab ', 'db1/shop', 'app'),
    fc.constantFrom(encodeURIComponent(PASSWORD), SECRETS[0]?.value ?? '', 'x://u:pw@', '://'),
    fc.string({ unit: fc.constantFrom(...'ab wp$%@/:\n'), maxLength: 6 }),
  );
  fc.assert(
    fc.property(
      fc.array(piece, { maxLength: 12 }),
      fc.infiniteStream(fc.nat(7)),
      (parts, sizes) => {
        const text = parts.join('');
        const pieces: string[] = [];
        for (let at = 0; at < text.length; ) {
          const size = 1 + (sizes.next().value ?? 0);
          pieces.push(text.slice(at, at + size));
          at += size;
        }
        const named = (masked: string) => masked.replaceAll('url-password', 's');
        expect(named(throughStream(pieces))).toBe(named(redactor.text(text)));
      },
    ),
    draws(1_000),
  );
});

test('a URL is not cut where the beginning of another secret is held back', () => {
  expect(throughStream(['see x://:a@\n', 'h'])).toBe('see x://:‹secret:url-password›@\nh');
});

test('a password in a URL that nobody declared secret is masked wherever the output was split', () => {
  const whole = 'see postgres://user:pw word@h and postgres://user:pass@h:1 there';
  const expected =
    'see postgres://user:pw word@h and postgres://user:‹secret:url-password›@h:1 there';
  for (let at = 0; at <= whole.length; at += 1) {
    const stream = textStream([]);
    expect(stream.push(whole.slice(0, at)) + stream.push(whole.slice(at)) + stream.end()).toBe(
      expected,
    );
  }
});

test('a secret that may be the beginning of a longer one is held back, to have the name of that', () => {
  const stream = textStream([
    { name: 'short', value: 'hunt!' },
    { name: 'long', value: 'hunt!er2!' },
  ]);
  expect(stream.push('a hunt!')).toBe('a ');
  expect(stream.push('er2!')).toBe('‹secret:long›');
  expect(stream.push(' hunt!')).toBe(' ');
  expect(stream.push('ed!')).toBe('‹secret:short›ed!');
});

test('a stream begins without anything before it, and keeps what precedes what is held back', () => {
  const stream = textStream([
    { name: 'word', value: 'postgres' },
    { name: 'long', value: `postgres${' x'.repeat(200)}` },
  ]);
  const cut = ' x'.repeat(150);
  expect(stream.push(`-ppostgres${cut}`)).toBe('-p');
  expect(stream.push('! ') + stream.end()).toBe(`‹secret:word›${cut}! `);
});

test('a line that ends is shown at once: only the possible beginning of a secret is held back', () => {
  const stream = textStream(SECRETS);
  expect(stream.push('ready on port 80.\n')).toBe('ready on port 80.\n'.slice(0, -2));
  const calm = textStream([{ name: 's', value: PASSWORD }]);
  expect(calm.push('ready on port 80.\n')).toBe('ready on port 80.\n');
  expect(calm.push('the word is p$%')).toBe('the word is ');
  expect(calm.push('!\n')).toBe('p$%!\n');
});

test('what is held back is bounded, though a secret repeats or a URL does not end', () => {
  const stream = textStream([{ name: 's', value: 'aaaa' }]);
  let shown = '';
  for (let i = 0; i < 1_000; i += 1) shown += stream.push('a'.repeat(1_000));
  expect(shown).toBe('‹secret:s›');
  expect(stream.end()).toBe('');

  const urls = textStream([]);
  const sent = `http://host/${'x'.repeat(100_000)}`;
  expect(urls.push(sent).length).toBeGreaterThan(sent.length - 3_000);
});

test('a character split between pieces of bytes arrives whole', () => {
  const bytes = Buffer.from('größe 😀');
  expect(throughStream(Array.from(bytes, (byte) => Uint8Array.of(byte)))).toBe('größe 😀');
});
