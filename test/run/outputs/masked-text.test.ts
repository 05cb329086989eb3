import { expect, test } from 'vitest';
import { maskedText } from '#run/outputs/masked-text.ts';
import { createRedactor } from '#safety/redaction/redactor.ts';
import { draws, fc } from '../../support/properties.ts';

const redactor = createRedactor([{ name: 's', value: 'wörter' }]);

function through(pieces: readonly Buffer[]): Buffer {
  const masked = maskedText(redactor);
  return Buffer.concat([...pieces.map((piece) => masked.push(piece)), masked.end()]);
}

test('an output of any bytes becomes the text they stand for, however it was cut', () => {
  const piece = fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc.string({ unit: 'binary', maxLength: 3 }).map((text) => Buffer.from(text)),
    fc.constantFrom(...[...Buffer.from('é日🙂')].map((byte) => Uint8Array.of(byte))),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 12 }), (parts) => {
      const pieces = parts.map((part) => Buffer.from(part));
      const whole = Buffer.concat(pieces).toString();
      const expected = Buffer.from(redactor.text(whole));
      expect(through(pieces).toString('hex')).toBe(expected.toString('hex'));
    }),
    draws(120),
  );
});

test('a secret is masked beside bytes that are no text', () => {
  const secret = Buffer.from('wörter');
  const bytes = Buffer.concat([Buffer.of(0xc3), secret, Buffer.of(0xff), secret, Buffer.of(0xe6)]);
  const expected = '�‹secret:s›�‹secret:s›�';
  expect(through([bytes]).toString()).toBe(expected);
  expect(through([...bytes].map((byte) => Buffer.of(byte))).toString()).toBe(expected);
});

test('text without secrets is passed on without a copy', () => {
  const text = Buffer.from('größe 😀: 12 GB\n');
  expect(maskedText(redactor).push(text).buffer).toBe(text.buffer);
});
