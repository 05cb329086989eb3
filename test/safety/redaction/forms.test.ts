import { describe, expect, test } from 'vitest';
import { createRedactor } from '#safety/redaction/redactor.ts';
import { SECRET_FORMS } from '../../fixtures/secret-forms.ts';
import { draws, fc } from '../../support/properties.ts';

const PASSWORDS = [
  'hunter2-S3cret',
  'p$%@/:w',
  "it's",
  'a:b\\c\'d"e',
  'pässwörd',
  'tr0ub4dor&3',
  'x<y>z&amp;1',
  'correct horse battery staple',
  '100%41sure',
  'ends\\',
  'p%',
  '0123456789',
  '😀🔑key',
  'line\nfeed',
];

const HIDDEN = String.raw`[\u0000-\u0009\u000b-\u001f\u00ad\u200b-\u200d]`;
const NOT_DRAWN = new RegExp(String.raw`\u001b\[[0-9;]*[A-Za-z]|\u001b\].*?\u0007|${HIDDEN}`, 'g');

/** What is left to read when all that is not drawn is taken out. */
function bare(text: string): string {
  return text.replace(NOT_DRAWN, '');
}

describe.each(SECRET_FORMS)('a secret %s', (_, write) => {
  test.each(PASSWORDS.filter((password) => Buffer.byteLength(password) >= 4))(
    'is masked: %j',
    (password) => {
      const written = write(password);
      const masked = createRedactor([{ name: 's', value: password }]).text(`see "${written}" here`);
      expect(masked).toContain('‹secret:s›');
      expect(bare(masked)).not.toContain(bare(written));
    },
  );
});

describe.each(SECRET_FORMS)('a password of a URL %s', (_, write) => {
  test.each(PASSWORDS)('is masked: %j', (password) => {
    const value = `postgres://app:${encodeURIComponent(password)}@db1.example/shop`;
    const written = write(value);
    const redactor = createRedactor([{ name: 's', value }]);
    expect(redactor.text(`see "${written}" here`)).toContain('‹secret:s›');
    expect(redactor.text('app@db1.example/shop')).toBe('app@db1.example/shop');
  });
});

/** Where a backslash may stand before anything, a secret has to be long enough without its own. */
const secrets = fc
  .string({ unit: fc.constantFrom(...'abcZ09$%@/:\'"\\&?#; ü€😀'), minLength: 5, maxLength: 24 })
  .filter((value) => value.replace(/%..|[\\&]/gu, '').trim().length >= 4);

test('a secret in any form is masked in a stream as in the whole text, however it was cut', () => {
  const around = fc.string({ unit: fc.constantFrom(...'ab \n"=%\\&\u001b[m\r'), maxLength: 8 });
  fc.assert(
    fc.property(
      secrets,
      fc.array(fc.tuple(around, fc.constantFrom(...SECRET_FORMS)), { maxLength: 4 }),
      around,
      fc.infiniteStream(fc.integer({ min: 1, max: 30 })),
      (value, parts, after, sizes) => {
        const redactor = createRedactor([{ name: 's', value }]);
        const whole = parts.map(([before, [, write]]) => before + write(value)).join('') + after;
        const bytes = Buffer.from(whole);
        const stream = redactor.stream();
        const shown: Uint8Array[] = [];
        for (let at = 0; at < bytes.length; ) {
          const size = sizes.next().value ?? 1;
          shown.push(stream.push(bytes.subarray(at, at + size)));
          at += size;
        }
        const streamed = Buffer.concat([...shown, stream.end()]).toString();
        expect(streamed).toBe(redactor.text(bytes.toString()));
      },
    ),
    draws(400),
  );
});

test('a secret that an escape sequence cuts into is masked in a stream as in the whole text', () => {
  const redactor = createRedactor([{ name: 's', value: '\\aaaaa' }]);
  const whole = '\\m\u001b\\aa\u001b[m\u001b[Kaaa';
  for (let at = 0; at <= whole.length; at += 1) {
    const stream = redactor.stream();
    const shown = [whole.slice(0, at), whole.slice(at)].map((it) => stream.push(Buffer.from(it)));
    const streamed = Buffer.concat([...shown, stream.end()]).toString();
    expect(streamed).toBe(redactor.text(whole));
    expect(streamed).toContain('‹secret:s›');
  }
});

test('a secret in any form is masked beside text that has nothing of codes', () => {
  fc.assert(
    fc.property(secrets, fc.constantFrom(...SECRET_FORMS), (value, [, write]) => {
      const masked = createRedactor([{ name: 's', value }]).text(`-- ${write(value)} --`);
      expect(masked).toContain('‹secret:s›');
    }),
    draws(800),
  );
});

describe('a secret behind a sign that spoils its first code is masked', () => {
  const SECRET = `ab c/d'e(f)!*~$&+,;=:@#?[g]"h%1`;
  const code = (char: string) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`;
  const component = encodeURIComponent(SECRET);
  const strict = component.replace(/[!'()*]/g, code);
  const json = JSON.stringify(SECRET).slice(1, -1);
  test.each([
    ['in JavaScript', component],
    ['in an HTML form', new URLSearchParams({ q: SECRET }).toString().slice(2)],
    ['by quote of Python', strict.replaceAll('%2F', '/')],
    ['by quote_plus of Python', strict.replaceAll('%20', '+')],
    ['by strict rules', strict],
    ['by Go', component.replace(/%(?:24|26|2B|2C|3B|3D)/g, decodeURIComponent)],
    ['by encodeURI', encodeURI(SECRET)],
    ['with only its spaces encoded', SECRET.replaceAll(' ', '+')],
    ['by hand', SECRET.replace(/[%@/:?#[\] ]/g, code)],
    ['by hand, all but the percent sign', SECRET.replace(/[@/:?#[\] ]/g, code)],
    ['in JSON', json],
    ['in JSON in JSON', JSON.stringify(json).slice(1, -1)],
  ])('%s', (_, written) => {
    const { text } = createRedactor([{ name: 's', value: SECRET }]);
    expect(text(`see %${written}.`)).toBe('see %‹secret:s›.');
    const lower = written.replace(/%[0-9A-F]{2}/g, (match) => match.toLowerCase());
    expect(text(`see %${lower}.`)).toBe('see %‹secret:s›.');
  });
});

test.each([64, 76])('a long secret is masked in base64 of lines of %i, encoded again', (width) => {
  const secret = Array.from({ length: 130 }, (_, at) => String.fromCharCode(33 + (at % 90))).join(
    '',
  );
  const base64 = (text: string) => Buffer.from(text).toString('base64');
  const lines = base64(secret).replace(new RegExp(`.{${width}}(?=.)`, 'g'), '$&\n');
  const { text } = createRedactor([{ name: 's', value: secret }]);
  expect(text(base64(lines))).toMatch(/^‹secret:s›.{0,4}$/);
});
