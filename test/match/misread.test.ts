import { expect, test } from 'vitest';
import { createClassifier } from '#match/classify.ts';
import { otherReadings } from '#match/misread.ts';

const { classify } = createClassifier();

/** Shows the bytes of a text as a client does that takes another code page for its own. */
function shown(text: Uint8Array, as: string): string {
  return as === 'bytes'
    ? Array.from(text, (byte) =>
        byte < 128 ? String.fromCharCode(byte) : `\\x${byte.toString(16)}`,
      ).join('')
    : new TextDecoder(as).decode(text);
}

/** Encodes with the decoder's own table. */
function bytesIn(page: string, text: string): Uint8Array {
  if (page === 'utf-8') return new TextEncoder().encode(text);
  const all = Array.from({ length: 256 }, (_, byte) => byte);
  const table = all.map((byte) => new TextDecoder(page).decode(Uint8Array.of(byte)));
  return Uint8Array.from(text, (char) => table.indexOf(char));
}

const RUSSIAN =
  'psql: error: ВАЖНО:  пользователь "app" не прошёл проверку подлинности (по паролю)';
const GERMAN = 'FATAL:  Passwort-Authentifizierung für Benutzer »app« fehlgeschlagen';
const JAPANESE = 'FATAL:  ユーザー"app"のパスワード認証に失敗しました';

test.each([
  ['windows-1251', 'windows-1252', RUSSIAN],
  ['windows-1251', 'ibm866', RUSSIAN],
  ['utf-8', 'windows-1251', RUSSIAN],
  ['utf-8', 'windows-1252', RUSSIAN],
  ['utf-8', 'bytes', RUSSIAN],
  ['windows-1251', 'bytes', RUSSIAN],
  ['utf-8', 'windows-1252', GERMAN],
  ['utf-8', 'windows-1252', JAPANESE],
])('a message in %s that was decoded as %s is read', (page, as, text) => {
  expect(classify(text).category).toBe('auth-failure');
  expect(classify(shown(bytesIn(page, text), as)).category).toBe('auth-failure');
});

test.each([
  'Der Schlüssel für die Größenänderung fehlt',
  'Пользователь вошёл в систему',
  '┌──────┬──────┐ │ name │ size │ └──────┴──────┘',
  'C:\\xampp\\xabc: file not found',
])('text that is not misread stays what it is: %s', (text) => {
  expect(classify(text).category).toBe('none');
});

test('a text without a sign of it is not decoded again', () => {
  expect(otherReadings('FATAL:  password authentication failed for user "app"')).toEqual([]);
});
