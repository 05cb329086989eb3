import { describe, expect, test } from 'vitest';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import { inferMysql } from '#safety/effects/mysql/infer.ts';
import { inferPostgres } from '#safety/effects/postgres/infer.ts';
import type { EffectReport } from '#safety/effects/report.ts';
import { inferShell } from '#safety/effects/shell/infer.ts';
import { judgedCorpora } from '../../fixtures/effects/judged-corpora.ts';
import { readCorpus } from '../../fixtures/effects/read-corpus.ts';

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
  const corpus = readCorpus(`${name}.txt`);

  test('holds nothing that is taken for a read and is none', () => {
    const wrong = corpus.filter(
      ({ expected, text }) => expected !== 'read' && infer(text).effect === 'read',
    );
    expect(wrong).toEqual([]);
  });

  test('is judged as expected', () => {
    const judged = corpus.map(({ text }) => ({ expected: nameOf(infer(text)), text }));
    expect(judged).toEqual(corpus);
  });

  test('has every reason at its place in the text', () => {
    const outside = corpus.filter(({ text }) =>
      infer(text).because.some(({ span }) => span.start < 0 || span.end > text.length),
    );
    expect(outside).toEqual([]);
  });
});

const corpora = await judgedCorpora();

describe.each(corpora.map((one) => [one.language, one] as const))('of %s', (_, judged) => {
  const { hostile, falseReads, everyday, falseAlarms } = judged;

  test('no hostile text is taken for a read', () => {
    expect(falseReads).toEqual([]);
  });

  test('fewer than 8 % of the everyday reads are not taken for a read', () => {
    process.stdout.write(
      `${hostile.length} hostile, ${falseAlarms.length} false alarms in ${everyday.length} everyday:\n${falseAlarms.join('\n')}\n`,
    );
    expect(falseAlarms.length).toBeLessThanOrEqual(everyday.length * 0.08);
  });
});

test('the corpus of scripts is large, and holds no text twice', () => {
  const [shell] = corpora;
  expect(shell?.hostile.length).toBeGreaterThan(1_300);
  expect(shell?.everyday.length).toBeGreaterThan(400);
  const all = [...(shell?.hostile ?? []), ...(shell?.everyday ?? [])];
  expect(new Set(all).size).toBe(all.length);
});

test('what is no read says in one sentence each why', () => {
  for (const text of corpora[0]?.hostile ?? []) {
    const { because } = INFER.shell(text);
    expect(because.length, text).toBeGreaterThan(0);
    for (const reason of because) expect(reason.text, text).toMatch(/^\S[^\n]*\S$/);
  }
});

test('NUL characters, at which servers and shells stop reading, are never read over', () => {
  expect(INFER.postgres('SELECT 1\0; DROP TABLE t').effect).not.toBe('read');
  expect(INFER.mysql('SELECT 1\0; DROP TABLE t').effect).not.toBe('read');
  expect(INFER.shell('ls\0; rm x').effect).not.toBe('read');
});
