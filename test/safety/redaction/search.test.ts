import { expect, test } from 'vitest';
import { createSearch } from '#safety/redaction/search.ts';
import { draws, fc } from '../../support/properties.ts';

const letters = (options: { minLength: number; maxLength: number }) =>
  fc.string({ unit: fc.constantFrom(...'abcd'), ...options });

test('every occurrence of every needle is found, overlapping ones too', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(letters({ minLength: 4, maxLength: 9 }), { minLength: 1, maxLength: 6 }),
      letters({ minLength: 0, maxLength: 200 }),
      (texts, text) => {
        const expected: string[] = [];
        for (let at = 0; at < text.length; at += 1)
          for (const needle of texts)
            if (text.startsWith(needle, at)) expected.push(`${at}-${at + needle.length} ${needle}`);
        const found = createSearch(
          texts.map((needle) => ({ bytes: Buffer.from(needle), name: needle })),
        )
          .find(Buffer.from(text))
          .map(({ start, end, name }) => `${start}-${end} ${name}`);
        expect(found.toSorted()).toEqual(expected.toSorted());
      },
    ),
    draws(700),
  );
});

test('the place from which a needle may have begun is the first that is the beginning of one', () => {
  const { openStart } = createSearch([
    { bytes: Buffer.from('secret'), name: '1' },
    { bytes: Buffer.from('creature'), name: '2' },
  ]);
  expect(openStart(Buffer.from('a sec'))).toBe(2);
  expect(openStart(Buffer.from('a secre'))).toBe(2);
  expect(openStart(Buffer.from('a secrea'))).toBe(4);
  expect(openStart(Buffer.from('a secret'))).toBe(8);
  expect(openStart(Buffer.from('a creatur'))).toBe(2);
  expect(openStart(Buffer.from(''))).toBe(0);
});
