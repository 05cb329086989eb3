import { expect, test } from 'vitest';
import { Reports } from '#steps/remote/reports.ts';
import { draws, fc } from '../../support/properties.ts';

const MARK = '0f1e2d3c4b5a69788796a5b4c3d2e1f0';

/** Reads a stream that arrives in pieces of the sizes given, and returns the script's part of it. */
function readInPieces(text: string, sizes: readonly number[]) {
  let isReady = false;
  let hasEnded = false;
  const reports = new Reports(MARK, {
    ready: () => {
      isReady = true;
    },
    end: () => {
      hasEnded = true;
    },
  });
  reports.read('stdout', Buffer.from(`{${MARK} ready}`));
  const bytes = Buffer.from(text);
  const own: Buffer[] = [];
  for (let at = 0, piece = 0; at < bytes.length; piece += 1) {
    const size = sizes[piece % sizes.length] ?? 1;
    own.push(reports.read('stderr', bytes.subarray(at, at + size)));
    at += size;
  }
  own.push(reports.rest('stderr'));
  return { own: Buffer.concat(own).toString(), reports, isReady, hasEnded };
}

test('however the words of the other side arrive, they are heard, and the rest is the script’s', () => {
  const piece = fc.constantFrom('a', '\n', '{', '}', '{0', '{0f1e2d', `{${MARK}`, `${MARK} `, ' ');
  const output = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''));
  const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(output, output, output, sizes, (noise, before, after, pieces) => {
      fc.pre(!`${noise}${before}${after}`.includes(`{${MARK} `));
      const text = `${noise}{${MARK} ready}${before}{${MARK} exit 7 4711}${after}`;
      const { own, reports, isReady, hasEnded } = readInPieces(text, pieces);
      expect(own).toBe(before + after);
      expect(reports.noise).toBe(noise);
      expect(reports.exit).toEqual({ code: 7, group: 4711 });
      expect([isReady, hasEnded]).toEqual([true, true]);
    }),
    draws(2_000),
  );
});

test('what only looks like the beginning of a word is not held back for ever', () => {
  const { own, reports } = readInPieces(`{${MARK} ready}so {${MARK} exit`, [5]);
  expect(own).toBe(`so {${MARK} exit`);
  expect(reports.exit).toBeUndefined();
});

test('a script is not begun before both streams were heard of', () => {
  const { own, isReady, reports } = readInPieces('Permission denied (publickey).', [4]);
  expect({ own, isReady, hasBegun: reports.hasBegun }).toEqual({
    own: '',
    isReady: false,
    hasBegun: false,
  });
  expect(reports.noise).toBe('Permission denied (publickey).');
});
