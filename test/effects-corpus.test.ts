import { describe, expect, test } from 'vitest';
import { loadEffectParsers } from '../src/cli/effect-parsers.ts';
import type { EffectReport } from '../src/safety/effects/effect-report.ts';
import { inferMysql } from '../src/safety/effects/infer-mysql.ts';
import { inferPostgres } from '../src/safety/effects/infer-postgres.ts';
import { inferShell } from '../src/safety/effects/infer-shell.ts';
import { linesOf, readCorpus } from './fixtures/effects/read-corpus.ts';

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

test('the corpora hold more than a thousand texts with the everyday ones', () => {
  const count = Object.keys(INFER).flatMap((name) => readCorpus(`${name}.txt`)).length;
  expect(count).toBeGreaterThan(500);
  expect(count + linesOf('everyday-shell.txt').length).toBeGreaterThan(1000);
});

test('of what people on call type to look around, fewer than one in ten is not taken for a read', () => {
  const lines = linesOf('everyday-shell.txt');
  const alarms = lines.filter((line) => INFER.shell(line).effect !== 'read');
  process.stdout.write(
    `${alarms.length} false alarms in ${lines.length} everyday commands:\n${alarms.join('\n')}\n`,
  );
  expect(alarms.length).toBeLessThan(lines.length / 10);
});

test('NUL characters, at which servers and shells stop reading, are never read over', () => {
  expect(INFER.postgres('SELECT 1\0; DROP TABLE t').effect).not.toBe('read');
  expect(INFER.mysql('SELECT 1\0; DROP TABLE t').effect).not.toBe('read');
  expect(INFER.shell('ls\0; rm x').effect).not.toBe('read');
});
