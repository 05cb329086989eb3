import { describe, expect, test } from 'vitest';
import { layoutTable } from '#events/wording/table-layout.ts';
import { harmless, harmlessLine } from '#text/harmless.ts';
import { cutTo, padTo, widthOf, wrapCode, wrapTo } from '#text/width.ts';
import { fc } from '../support/properties.ts';

const ESC = '\u001b';

describe('text from outside', () => {
  test.each([
    ['an escape sequence is made visible', `a${ESC}[2Jb${ESC}]0;title\u0007c`, 'a␛[2Jb␛]0;title␇c'],
    ['colours are dropped', `${ESC}[1;31mred${ESC}[0m`, 'red'],
    ['a carriage return cannot overwrite', 'safe\rrm -rf', 'safe␍rm -rf'],
    ['line ends of other systems are line ends', 'a\r\nb\u2028c', 'a\nb\nc'],
    ['text cannot be reordered', 'abc\u202Ecba', 'abc\ufffdcba'],
    ['invisible characters show', 'ad\u200Bmin', 'ad\ufffdmin'],
    ['eight-bit controls show', '\u009b2J', '\ufffd2J'],
    ['half a surrogate pair shows', 'x\ud800y', 'x\ufffdy'],
    ['tabs take two columns', 'a\tb', 'a  b'],
    ['delete shows', '\u007f', '␡'],
    ['words in any script stay', 'Größe 日本 👍🏽', 'Größe 日本 👍🏽'],
  ])('%s', (_, from, to) => {
    expect(harmless(from)).toBe(to);
  });

  test('whatever it was, only printable text and line breaks are left', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const clean = harmless(text);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must be gone
        expect(clean).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
        expect(harmless(clean)).toBe(clean);
        expect(harmlessLine(text)).not.toContain('\n');
      }),
    );
  });
});

describe('widths', () => {
  test.each([
    ['', 0],
    ['abc', 3],
    ['日本', 4],
    ['ｶﾅ', 2],
    ['e\u0301', 1],
    ['👍', 2],
    ['👨‍👩‍👧', 2],
    ['∅ … ✓ ▶', 7],
    ['한글', 4],
  ])('%j takes %i columns', (text, width) => {
    expect(widthOf(text)).toBe(width);
  });

  test.each([
    ['connection', 6, 'conne…'],
    ['日本語', 4, '日…'],
    ['abc', 3, 'abc'],
    ['abc', 1, '…'],
    ['日本', 1, '…'],
    ['abc', 0, ''],
  ])('%j cut to %i is %j', (text, width, cut) => {
    expect(cutTo(text, width)).toBe(cut);
  });

  test('cut, padded and wrapped text always fits', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '日', 'é', '👍', '_') });
    fc.assert(
      fc.property(text, fc.integer({ min: 2, max: 30 }), (words, width) => {
        expect(widthOf(cutTo(words, width))).toBeLessThanOrEqual(width);
        expect(widthOf(padTo(words, width))).toBe(width);
        expect(widthOf(padTo(words, width, 'right'))).toBe(width);
        for (const line of wrapTo(words, width)) expect(widthOf(line)).toBeLessThanOrEqual(width);
      }),
    );
  });

  test('wrapping loses nothing but the spaces at its breaks', () => {
    const text = 'SELECT pid FROM pg_stat_activity WHERE averylongnamethatfitsnoline > 1';
    expect(wrapTo(text, 20)).toEqual([
      'SELECT pid FROM',
      'pg_stat_activity',
      'WHERE',
      'averylongnamethatfit',
      'snoline > 1',
    ]);
  });

  test('a continued line of code stands further in than the line it continues', () => {
    expect(wrapCode('  AND state IN (1, 2, 3)\nORDER BY 1', 18)).toEqual([
      '  AND state IN (1,',
      '      2, 3)',
      'ORDER BY 1',
    ]);
  });
});

describe('tables', () => {
  const columns = ['pid', 'application_name', 'query'];
  const rows = [
    { pid: 7, application_name: 'shop', query: 'SELECT *\nFROM carts WHERE id = 1' },
    { pid: 4711, application_name: null, query: '日本' },
  ];

  test('with room enough nothing is cut and numbers stand right', () => {
    const layout = layoutTable({ columns, rows }, 80);
    expect(text(layout)).toEqual([
      ' pid  application_name  query                           ',
      '   7  shop              SELECT *↵FROM carts WHERE id = 1',
      '4711  ∅                 日本                            ',
    ]);
    expect(layout).toMatchObject({ hidden: [], cut: false });
    expect(layout.rows[1]?.[1]).toMatchObject({ isNull: true });
  });

  test('long names give way first, then the widest column', () => {
    const layout = layoutTable({ columns, rows }, 36);
    expect(text(layout).map((line) => line.trimEnd())).toEqual([
      ' pid  application…  query',
      '   7  shop          SELECT *↵FROM c…',
      '4711  ∅             日本',
    ]);
    expect(layout.cut).toBe(true);
  });

  test('where even narrow columns find no room, the last ones are left out and named', () => {
    expect(layoutTable({ columns, rows }, 22).hidden).toEqual(['query']);
  });

  test('a column of which only the same start would be left is left out', () => {
    const read = ['at', 'pid'];
    const at = (pid: number) => ({ at: `2026-11-21 17:19:0${pid}.512+00`, pid });
    const layout = layoutTable({ columns: read, rows: [at(7), at(8)] }, 20);
    expect(layout.columns.map(({ name }) => name)).toEqual(['pid']);
    expect(layout.hidden).toEqual(['at']);
    expect(layoutTable({ columns: read, rows: [at(7), at(8)] }, 60).hidden).toEqual([]);
  });

  test('no table is ever wider than its room', () => {
    const cell = fc.oneof(fc.constant(null), fc.integer(), fc.string(), fc.boolean());
    const table = fc
      .uniqueArray(fc.string({ minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 8 })
      .chain((names) =>
        fc.record({
          columns: fc.constant(names),
          rows: fc.array(fc.tuple(...names.map(() => cell)), { maxLength: 5 }),
        }),
      );
    fc.assert(
      fc.property(table, fc.integer({ min: 12, max: 120 }), (given, width) => {
        const made = given.rows.map((cells) =>
          Object.fromEntries(given.columns.map((name, index) => [name, cells[index] ?? null])),
        );
        const layout = layoutTable({ columns: given.columns, rows: made }, width);
        for (const line of text(layout)) expect(widthOf(line)).toBeLessThanOrEqual(width);
        expect(layout.columns.length + layout.hidden.length).toBe(given.columns.length);
      }),
    );
  });
});

function text(layout: ReturnType<typeof layoutTable>): readonly string[] {
  return [layout.header, ...layout.rows.map((cells) => cells.map((cell) => cell.text))].map(
    (cells) => cells.join('  '),
  );
}
