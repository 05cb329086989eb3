import { describe, expect, test } from 'vitest';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import { inferMysql } from '#safety/effects/mysql/infer.ts';
import { inferPostgres } from '#safety/effects/postgres/infer.ts';
import type { EffectReport } from '#safety/effects/report.ts';
import { inferShell } from '#safety/effects/shell/infer.ts';
import { linesOf, readCorpus } from '../../fixtures/effects/read-corpus.ts';

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
  const corpus = readCorpus(`${name}.txt`).map(({ expected, text }) => [expected, text] as const);

  test.each(corpus)('holds a %s: %s', (expected, text) => {
    const report = infer(text);
    expect(nameOf(report)).toBe(expected);
    for (const { span } of report.because) {
      expect(span.start).toBeGreaterThanOrEqual(0);
      expect(span.end).toBeLessThanOrEqual(text.length);
    }
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
  const hostile = linesOf(`hostile-${language}.txt`);
  const everyday = linesOf(`everyday-${language}.txt`);

  test.each(hostile)('a hostile text is no read, and it is said why: %s', (text) => {
    const { effect, because } = infer(text);
    expect(effect).not.toBe('read');
    for (const reason of because) expect(reason.text).toMatch(/^\S[^\n]*\S$/);
  });

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

test('NUL characters, at which servers and shells stop reading, are never read over', () => {
  expect(INFER.postgres('SELECT 1\0; DROP TABLE t').effect).not.toBe('read');
  expect(INFER.mysql('SELECT 1\0; DROP TABLE t').effect).not.toBe('read');
  expect(INFER.shell('ls\0; rm x').effect).not.toBe('read');
});
