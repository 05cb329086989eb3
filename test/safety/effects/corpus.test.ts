import { describe, expect, test } from 'vitest';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import { inferMysql } from '#safety/effects/mysql/infer.ts';
import { inferPostgres } from '#safety/effects/postgres/infer.ts';
import type { EffectReport } from '#safety/effects/report.ts';
import { inferShell } from '#safety/effects/shell/infer.ts';
import {
  entryOf,
  linesOf,
  readCorpus,
  reasonsIn,
  reasonsOf,
  writeReasons,
} from '../../fixtures/effects/read-corpus.ts';

const { shell, postgres } = await loadEffectParsers({ shell: true, postgres: true });
if (shell === undefined || postgres === undefined) throw new Error('there are no parsers');

const INFER = {
  postgres: (text: string) => inferPostgres(text, postgres),
  mysql: (text: string) => inferMysql(text),
  shell: (text: string) => inferShell(text, { shell, postgres }),
} as const;

/** A change that is only what is left of not knowing is `unsure` in the corpus. */
function nameOf({ effect, certain }: EffectReport): string {
  return effect === 'change' && !certain ? 'unsure' : effect;
}

describe.each(Object.entries(INFER))('the corpus of %s', (name, infer) => {
  const file = `${name}.txt`;
  if (process.env.UPDATE_FIXTURES)
    writeReasons(file, (line) => reasonsOf(entryOf(line).text, infer(entryOf(line).text)));
  const reasons = reasonsIn(file);
  const corpus = readCorpus(file).map(({ expected, text }, at) => [expected, text, at] as const);

  test.each(corpus)('holds a %s: %s', (expected, text, at) => {
    const report = infer(text);
    expect(nameOf(report)).toBe(expected);
    expect(reasonsOf(text, report)).toEqual(reasons[at]);
  });
});

const falseAlarms = linesOf('false-alarms.txt');

describe.each([
  ['shell', INFER.shell, 1_300, 400],
  ['postgres', INFER.postgres, 140, 90],
  ['mysql', INFER.mysql, 160, 60],
  // Commands that give statements to a database's client.
  ['clients', INFER.shell, 110, 35],
] as const)('of %s', (language, infer, fewestHostile, fewestEveryday) => {
  const file = `hostile-${language}.txt`;
  if (process.env.UPDATE_FIXTURES) writeReasons(file, (text) => reasonsOf(text, infer(text)));
  const reasons = reasonsIn(file);
  const hostile = linesOf(file);
  const everyday = linesOf(`everyday-${language}.txt`);

  test.each(hostile.map((text, at) => [text, at] as const))(
    'a hostile text is no read, and it is said why: %s',
    (text, at) => {
      const report = infer(text);
      expect(report.effect).not.toBe('read');
      expect(reasonsOf(text, report)).toEqual(reasons[at]);
    },
  );

  test.each(everyday)('an everyday text is a read, but for the known false alarms: %s', (text) => {
    expect(infer(text).effect === 'read').toBe(!falseAlarms.includes(text));
  });

  test('fewer than 8 % of the everyday texts are false alarms', () => {
    const alarms = everyday.filter((text) => falseAlarms.includes(text));
    expect(alarms.length).toBeLessThan(everyday.length * 0.08);
  });

  test('there are many texts, and none twice', () => {
    expect(hostile.length).toBeGreaterThan(fewestHostile);
    expect(everyday.length).toBeGreaterThan(fewestEveryday);
    const all = [...hostile, ...everyday];
    expect(all.filter((text, index) => all.indexOf(text) !== index)).toEqual([]);
  });
});

test.each([
  ['postgres', 'SELECT 1\0; DROP TABLE t', 'PostgreSQL reads only up to the NUL character'],
  ['mysql', 'SELECT 1\0; DROP TABLE t', 'the server reads NUL as an end'],
  ['shell', 'ls\0', 'bash may read this in another way: a character bash reads differently'],
] as const)('NUL, at which %s stops reading, is never read over', (language, text, reason) => {
  const { effect, because } = INFER[language](text);
  expect(effect).not.toBe('read');
  expect(because.map((one) => one.text)).toContain(reason);
});

test('a read has no reasons and is certain', () => {
  expect(INFER.shell('ls')).toEqual({ effect: 'read', because: [], certain: true });
});

test('the reason of a text without a statement points at all of it', () => {
  expect(INFER.mysql(' ;').because.map(({ span }) => span)).toEqual([{ start: 0, end: 2 }]);
});
