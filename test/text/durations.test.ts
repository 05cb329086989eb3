import { describe, expect, test } from 'vitest';
import { counted, listed } from '#text/count.ts';
import { formatDuration, formatSeconds, parseAge, parseDuration } from '#text/duration.ts';

describe('a duration is a number and a unit', () => {
  test.each([
    ['500ms', 500],
    ['10s', 10_000],
    ['1.5s', 1_500],
    ['5m', 300_000],
    ['1h', 3_600_000],
    [' 10s ', 10_000],
    ['0s', 0],
  ])('%j is %i ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  test.each(['', '10', 's', '10 s', '-1s', '1d', '1h30m', '1e3s', 'Infinitys', '10S'])(
    '%j is none',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe('a duration is shown as a person writes it', () => {
  test.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [4_200, '4.2 s'],
    [2_000, '2 s'],
    [-5, '0 ms'],
    [59_999, '59 s'],
    [60_000, '1 min'],
    [185_000, '3 min 5 s'],
    [3_599_600, '59 min 59 s'],
    [3_600_000, '1 h'],
    [7_800_000, '2 h 10 min'],
  ])('%i ms is %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text);
  });
});

test.each([
  [900, '0 s'],
  [9_900, '9 s'],
  [124_000, '2 min 4 s'],
])('a running time of %i ms is shown in whole seconds: %s', (ms, text) => {
  expect(formatSeconds(ms)).toBe(text);
});

test.each([
  ['12h', 43_200_000],
  ['30d', 2_592_000_000],
  ['2w', 1_209_600_000],
  ['1.5d', undefined],
  ['10m', undefined],
])('an age is a whole number of hours, days or weeks: %s', (text, ms) => {
  expect(parseAge(text)).toBe(ms);
});

test('a noun agrees with its count', () => {
  expect([counted(0, 'slot'), counted(1, 'row'), counted(2, 'branch', 'branches')]).toEqual([
    '0 slots',
    '1 row',
    '2 branches',
  ]);
});

test('the words of a list are joined as in a sentence', () => {
  expect([listed([]), listed(['a']), listed(['a', 'b', 'c']), listed(['a', 'b'], 'and')]).toEqual([
    '',
    'a',
    'a, b or c',
    'a and b',
  ]);
});
