import { expect, test } from 'vitest';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import { inferMysql } from '#safety/effects/mysql/infer.ts';
import { inferPostgres } from '#safety/effects/postgres/infer.ts';
import type { EffectReport } from '#safety/effects/report.ts';
import { inferShell } from '#safety/effects/shell/infer.ts';
import { linesOf } from '../../fixtures/effects/read-corpus.ts';

const { shell, postgres } = await loadEffectParsers({ shell: true, postgres: true });
if (shell === undefined || postgres === undefined) throw new Error('there are no parsers');

const JUDGES: readonly (readonly [string, (text: string) => EffectReport])[] = [
  ['postgres', (text) => inferPostgres(text, postgres)],
  ['mysql', (text) => inferMysql(text)],
  ['clients', (text) => inferShell(text, { shell, postgres })],
];

test.each(JUDGES)('a read for %s stays none after what is hostile', (name, infer) => {
  const everyday = linesOf(`everyday-${name}.txt`).slice(0, 5);
  const separator = name === 'clients' ? '\n' : '; ';
  const wrong = linesOf(`hostile-${name}.txt`).flatMap((text) =>
    everyday
      .map((read) => `${read}${separator}${text}`)
      .filter((both) => infer(both).effect === 'read'),
  );
  expect(wrong).toEqual([]);
});
