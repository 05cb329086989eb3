import { expect, test } from 'vitest';
import { CATEGORIES, type Category } from '#match/category.ts';
import { createClassifier } from '#match/classify.ts';
import { noiseLines } from '../fixtures/match/noise-lines.ts';
import { wildTexts } from '../fixtures/match/wild-texts.ts';

const { classify } = createClassifier();
const halves = wildTexts();

// The texts are not printed: whoever reads the kept half has spent it.
test.each([
  ['open', 0.95],
  ['kept', 0.86],
] as const)('of the %s half of what real users were shown, at least %d is right', (half, floor) => {
  const lines = halves[half];
  const right = lines.filter(({ text, category }) => classify(text).category === category);
  expect(lines.length).toBeGreaterThan(100);
  expect(right.length / lines.length).toBeGreaterThanOrEqual(floor);
});

test('the labels of the wild texts are categories, and every text has its origin', () => {
  const all = [...halves.open, ...halves.kept];
  expect(all.filter(({ category }) => !(category in CATEGORIES))).toEqual([]);
  expect(
    all.filter(({ client }) => !/^(?:https?:\/\/|[\w.-]+\/[\w.-]+#\d+$)/.test(client)),
  ).toEqual([]);
});

test('fewer than 30 of 67,000 lines of systems without a database are taken for an incident', () => {
  const lines = noiseLines();
  const wrong = lines.filter((line) => classify(line).category !== 'none');
  expect(lines).toHaveLength(67_000);
  expect(wrong.length, [...new Set(wrong)].slice(0, 9).join('\n')).toBeLessThan(30);
});

test.each([
  'could not ping DB',
  'Error establishing a database connection',
  'failed to connect to the datastore',
  'MySQL server is not available',
  'Connection to the database was lost: connection to postgres failed',
])('a sentence with a failure and a database is a weak sign: %s', (text) => {
  expect(classify(text)).toMatchObject({ category: 'connection-refused', weak: true });
});

test.each([
  'failed to open database /var/cache/man/index.db',
  'could not connect to the printer',
  'database ready, 3 connections',
  'unable to connect to mongo database',
])('a sentence that lacks one of them is none: %s', (text) => {
  expect(classify(text).category).toBe('none');
});

test.each<[string, Category]>([
  ['ERROR 1045 (28000): жжж', 'auth-failure'],
  ['mysql: errno: 1045 жжж', 'auth-failure'],
  ['pymysql.err.OperationalError: (1045, "жжж")', 'auth-failure'],
  ['SQLSTATE[HY000] [2002] жжж', 'connection-refused'],
  ['mysql: Error number: 1045; жжж', 'auth-failure'],
  ['mysql: Error No. 2013 жжж', 'stale-connection'],
  ['2026-11-20T08:14:02Z 0 [ERROR] [MY-013183] [InnoDB] жжж', 'server-not-ready'],
  ['2026-11-20T08:14:02Z 0 [ERROR] [MY-012574] [InnoDB] жжж', 'connection-refused'],
  ['2026-11-20T08:14:02Z 8 [Note] [MY-001045] [Server] жжж', 'auth-failure'],
])('a number of MySQL tells the category in any language: %s', (text, category) => {
  expect(classify(text).category).toBe(category);
});
