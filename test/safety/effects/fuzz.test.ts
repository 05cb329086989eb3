import { describe, expect, test } from 'vitest';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import { inferMysql } from '#safety/effects/mysql/infer.ts';
import { inferPostgres } from '#safety/effects/postgres/infer.ts';
import { postgresProblems } from '#safety/effects/postgres/problems.ts';
import { inferShell } from '#safety/effects/shell/infer.ts';
import { shellProblems } from '#safety/effects/shell/problems.ts';
import { linesOf, readCorpus } from '../../fixtures/effects/read-corpus.ts';
import { processorMs } from '../../support/processor-time.ts';
import { draws, fc } from '../../support/properties.ts';

const { shell, postgres } = await loadEffectParsers({ shell: true, postgres: true });
if (shell === undefined || postgres === undefined) throw new Error('there are no parsers');
const parsers = { shell, postgres };

const everyday = linesOf('everyday-shell.txt');
const readsOf = (name: string) =>
  readCorpus(name)
    .filter(({ expected }) => expected === 'read')
    .map(({ text }) => text);
const reads = [...everyday, ...readsOf('shell.txt')].filter(
  (text) => inferShell(text, parsers).effect === 'read',
);

/** The most of the processor's time that one text may take, in milliseconds. */
const LONGEST = 3_000;

function timed<T>(work: () => T): T {
  const results: T[] = [];
  expect(processorMs(() => results.push(work()))).toBeLessThan(LONGEST);
  return results[0] as T;
}

const PIECES = [
  ...['"', "'", '`', '$(', ')', '((', '))', '[[', ']]', '${', '}', '{', ';', '&&', '|', '&', '\n'],
  ...[
    '<<EOF',
    'EOF',
    '<(',
    '>',
    '>>',
    '<>',
    '\\',
    '\\\n',
    '#',
    '$',
    '!',
    '*',
    '~',
    '/*',
    '*/',
    '--',
  ],
  ...[
    '/*!',
    '/*M!',
    'U&',
    "E'",
    '$$',
    'rm x',
    'sudo ',
    'eval ',
    '\u00a0',
    '\u2028',
    '😀',
    '\r',
    '\t',
  ],
];

/** A text with pieces put in, and stretches left out or doubled. */
function mutated(texts: readonly string[]): fc.Arbitrary<string> {
  const change = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    length: fc.nat(6),
    piece: fc.constantFrom('', ...PIECES),
  });
  return fc
    .tuple(fc.constantFrom(...texts), fc.array(change, { minLength: 1, maxLength: 4 }))
    .map(([text, changes]) =>
      changes.reduce((whole, { at, length, piece }) => {
        const from = Math.floor(at * whole.length);
        return whole.slice(0, from) + piece + whole.slice(from + length);
      }, text),
    );
}

describe('mutated texts', () => {
  test('of scripts are judged, in little time', () => {
    fc.assert(
      fc.property(
        mutated([...everyday, ...readCorpus('shell.txt').map((it) => it.text)]),
        (text) => {
          timed(() => inferShell(text, parsers));
          timed(() => shellProblems(text, shell));
        },
      ),
      draws(400),
    );
  });

  test('of statements are judged, in little time', () => {
    const statements = [...readCorpus('postgres.txt'), ...readCorpus('mysql.txt')];
    fc.assert(
      fc.property(mutated(statements.map(({ text }) => text)), (text) => {
        timed(() => inferPostgres(text, postgres));
        timed(() => inferMysql(text));
        timed(() => postgresProblems(text, postgres));
      }),
      draws(800),
    );
  });

  test('that are very long or very deep are judged, in little time', () => {
    const long = [
      'a'.repeat(200_000),
      '('.repeat(50_000),
      '$('.repeat(5_000),
      '`'.repeat(9_999),
      '{'.repeat(9_999),
      `echo ${'"${x:-'.repeat(1_000)}`,
      `SELECT ${'('.repeat(3_000)}1${')'.repeat(3_000)}`,
      `SELECT ${'1+'.repeat(20_000)}1`,
      `SELECT '${"''".repeat(20_000)}'`,
      `sed '${'/'.repeat(2_000)}' f`,
      `awk '${'{ print '.repeat(500)}' f`,
      `bash -c ${"'bash -c ".repeat(200)}`,
      '<<EOF\n'.repeat(1_600),
      'ls; '.repeat(50_000),
    ];
    for (const text of long) {
      timed(() => inferShell(text, parsers));
      timed(() => inferPostgres(text, postgres));
      timed(() => inferMysql(text));
    }
  });
});

describe('a read command that something is added to', () => {
  /** What each of these does happens whatever the command before them does. */
  const APPENDED = [
    '; rm -rf /x',
    '\nrm -rf /x',
    ' & rm -rf /x',
    ' | xargs rm',
    '; $(rm x)',
    '; `rm x`',
    '; echo > /etc/x',
    '; f() { rm x; }; f',
    '; sudo -n bash -c "rm x"',
    '; eval "$x"',
    '; cat <(rm x)',
    '; echo "${x:-$(rm y)}"',
    '; unknown-command',
    '; $x',
  ];

  test.each(APPENDED)('is not a read with %j', (appended) => {
    const wrong = reads.filter((text) => {
      // A line of its own ends a here-document and a comment.
      const whole = `${text}\n:${appended}`;
      return inferShell(whole, parsers).effect === 'read';
    });
    expect(wrong).toEqual([]);
  });

  test('is not a read when its output goes to a file, or a substitution is among its words', () => {
    const simple = reads.filter(
      (text) => /^[\w ./:=,-]+$/.test(text) && !/^(?:if|for|f) /.test(text),
    );
    expect(simple.length).toBeGreaterThan(80);
    for (const text of simple)
      for (const added of [' > /etc/x', ' $(rm x)', ' `rm x`', ' "$(rm x)"', ' <(rm x)', '; rm x'])
        expect([text + added, inferShell(text + added, parsers).effect]).not.toContain('read');
  });
});

describe('a read statement that something is added to', () => {
  const ADDED = ['; DROP TABLE t', ' ; SELECT 1', '\n;\nDELETE FROM t'];

  test('is not a read', () => {
    for (const added of ADDED) {
      for (const text of readsOf('postgres.txt'))
        expect([text, inferPostgres(`${text}\n${added}`, postgres).effect]).not.toContain('read');
      for (const text of readsOf('mysql.txt'))
        expect([text, inferMysql(`${text}\n${added}`).effect]).not.toContain('read');
    }
  });
});
