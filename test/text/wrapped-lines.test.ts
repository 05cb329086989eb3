import { expect, test } from 'vitest';
import { charactersOf, widthOf, wrapTo } from '#text/width.ts';
import { processorMs } from '../support/processor-time.ts';
import { draws, fc } from '../support/properties.ts';

const PIECE = fc.constantFrom('a', 'word', 'é', 'e\u0301', '日', '🙂', '👨‍👩‍👧', '🇩🇪', '␛');

test('a long line without spaces is broken between characters, and nothing of it is lost', () => {
  fc.assert(
    fc.property(
      fc.array(PIECE, { maxLength: 300 }),
      fc.integer({ min: 2, max: 40 }),
      (pieces, width) => {
        const text = pieces.join('');
        const lines = wrapTo(text, width);
        expect(lines.flatMap(charactersOf)).toEqual(charactersOf(text));
        expect(lines.every((line) => widthOf(line) <= width)).toBe(true);
        // As wide as they can be: what begins the next line had no room.
        for (const line of lines.slice(0, -1))
          expect(widthOf(line)).toBeGreaterThanOrEqual(width - 1);
      },
    ),
    draws(300),
  );
});

test('half a megabyte without a line end is broken into lines in no time', () => {
  const took = processorMs(() => {
    expect(wrapTo('x'.repeat(512 * 1024), 64)).toHaveLength(8_192);
    expect(wrapTo('é日'.repeat(16 * 1024), 60)).toHaveLength(820);
  });
  expect(took).toBeLessThan(4_000);
});

test('characters of many code units are left whole, however many are in a line', () => {
  const family = '👨‍👩‍👧';
  expect(wrapTo(family.repeat(90), 60)).toEqual(Array(3).fill(family.repeat(30)));
});
