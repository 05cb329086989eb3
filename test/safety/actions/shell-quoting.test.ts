import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Value } from '#runbook/model/value.ts';
import { parseRunbook } from '#runbook/parse.ts';
import { quoteShell } from '#safety/actions/quote-shell.ts';
import { renderAction } from '#safety/kinds/rules.ts';
import { parsed } from '../../fixtures/compiled.ts';
import { draws, fc } from '../../support/properties.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Prints each of its words, ended by a NUL, which no word can hold. */
const PRINT_WORDS = `printf '%s\\0' `;

function bash(script: string, cwd?: string): string {
  return execFileSync('bash', ['-c', script], { encoding: 'utf8', cwd, stdio: 'pipe' });
}

/** The words that bash makes of texts that were quoted each by itself. */
function wordsOf(texts: readonly string[]): readonly string[] {
  return bash(PRINT_WORDS + texts.map(quoteShell).join(' '))
    .split('\0')
    .slice(0, -1);
}

function script(text: string): string {
  const lines = text.split('\n').map((line) => `      ${line}`);
  return [
    'name: x',
    'title: X',
    'summary: X',
    'inputs: { v: {} }',
    'steps:',
    '  - id: one',
    '    shell: |',
    ...lines,
    '',
  ].join('\n');
}

function rendered(text: string, value: Value): string {
  const does = parsed(script(text)).steps[0]?.does;
  if (does?.kind !== 'shell') throw new Error('this is no script');
  const options = { readOnly: true, timeoutMs: 1, engine: undefined };
  const action = renderAction(does.body, { inputs: { v: value } }, options);
  if (!action.ok || action.value.kind !== 'shell') throw new Error('it was not rendered');
  return action.value.script;
}

const NASTY = [
  '',
  ' ',
  'plain',
  "it's",
  "'",
  "''",
  '"',
  '\\',
  "\\'",
  '$HOME',
  '$(id)',
  '`id`',
  '*',
  '?',
  '[a-z]',
  '~',
  '-rf',
  '--',
  'a\nb',
  '\n',
  'a\tb',
  ';id',
  '&& id',
  '| id',
  '> file',
  '#comment',
  '!history',
  'a=b',
  '{a,b}',
  '\u0001\u007f',
  'Köln 数据 🦊',
  "$'x'",
  '%s',
];

describe('a quoted value is one word to bash, and that very text', () => {
  test('for whatever has a meaning to a shell', () => {
    expect(wordsOf(NASTY)).toEqual(NASTY);
  });

  test('for any text', () => {
    // A NUL cannot be part of any word, and half a character of none in UTF-8.
    const text = fc.string({ unit: 'binary' }).map((any) => any.replaceAll('\0', ''));
    fc.assert(
      fc.property(
        fc.array(
          text.filter((any) => any.isWellFormed()),
          { minLength: 100, maxLength: 200 },
        ),
        (texts) => {
          expect(wordsOf(texts)).toEqual(texts);
        },
      ),
      draws(10),
    );
  });

  test('what needs no quotes has none, so that a gate can be read', () => {
    expect(['orders', '10m', 'a/b.c', 'x@y', '-1'].map(quoteShell)).toEqual([
      'orders',
      '10m',
      'a/b.c',
      'x@y',
      '-1',
    ]);
  });
});

describe('a placeholder in a script', () => {
  test.each<[string, Value, readonly string[]]>([
    ['text', "it's $(id)", ["it's $(id)"]],
    ['nothing, as an empty word', '', ['']],
    ['a number', 10, ['10']],
    ['a list, as a word each', ['a b', '$c'], ['a b', '$c']],
    ['a mapping, as JSON', { a: ["'"] }, ['{"a":["\'"]}']],
  ])('arrives as data: %s', (_, value, words) => {
    expect(
      bash(rendered(`${PRINT_WORDS}\${{ inputs.v }}`, value))
        .split('\0')
        .slice(0, -1),
    ).toEqual(words);
  });

  test.each([
    ['where a variable is cut', 'part=${all:${{ inputs.v }}}'],
    ['in the index of an array', 'list[${{ inputs.v }}]=1'],
    ['in an index behind something else', 'list[1 + ${{ inputs.v }}]=1'],
    ['in the index of an array that is read', 'echo ${list[${{ inputs.v }}]}'],
    ['in arithmetic', 'echo $((1 + ${{ inputs.v }}))'],
    ['in a test', '[[ 1 -eq ${{ inputs.v }} ]]'],
    ['in double quotes', 'echo "${{ inputs.v }}"'],
    ['in a here-document', 'cat <<EOF\n${{ inputs.v }}\nEOF'],
  ])('is refused where bash would evaluate it: %s', (_, text) => {
    const result = parseRunbook({ file: 'x', text: script(text) });
    expect(result).toMatchObject({ ok: false, diagnostics: [{ code: 'placeholder-in-quotes' }] });
  });

  test('would be evaluated there: this is why', () => {
    const folder = temporaryFolder();
    const attack = quoteShell('a[$(touch evaluated)]');
    for (const text of [`part=\${PATH:${attack}}`, `list[${attack}]=1`, `[[ 1 -eq ${attack} ]]`])
      expect(() => bash(`set -u; ${text}`, folder)).toThrow();
    expect(existsSync(join(folder, 'evaluated'))).toBe(true);
  });

  test.each([
    ['beside a variable', 'echo ${HOME} ${{ inputs.v }}'],
    ['after a default', 'echo ${NAME:-"}"} ${{ inputs.v }}'],
    ['after a closed index', 'echo ${list[0]} ${{ inputs.v }}'],
    ['after a character class', 'ls a[0-9] ${{ inputs.v }}'],
    ['in a function', 'say() { echo ${{ inputs.v }}; }; say'],
    ['in a substitution', 'echo $(echo ${{ inputs.v }})'],
  ])('is allowed where it is a word: %s', (_, text) => {
    expect(parseRunbook({ file: 'x', text: script(text) }).ok).toBe(true);
  });
});

describe('a placeholder in a statement', () => {
  const statement = (sql: string) =>
    [
      'name: x',
      'title: X',
      'summary: X',
      'targets: { db: { database: postgres://localhost/x } }',
      'steps:',
      '  - id: one',
      `    sql: ${JSON.stringify(sql)}`,
    ].join('\n');

  test.each(['SELECT $tag1$ ${{ run.id }} $tag1$', 'SELECT $é$ ${{ run.id }} $é$'])(
    'is refused in a text between dollar signs: %s',
    (sql) => {
      const result = parseRunbook({ file: 'x', text: statement(sql) });
      expect(result).toMatchObject({ ok: false, diagnostics: [{ code: 'placeholder-in-quotes' }] });
    },
  );

  test('is allowed between parameters that only look like it', () => {
    expect(parseRunbook({ file: 'x', text: statement('SELECT a$1$ + ${{ run.id }}') }).ok).toBe(
      true,
    );
  });
});
