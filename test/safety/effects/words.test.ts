import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { loadEffectParsers } from '#cli/library/effect-parsers.ts';
import { inferShell, LONGEST_SCRIPT } from '#safety/effects/shell/infer.ts';
import { isUnsafeFolder, isUnsafePath, UNKNOWN_PART } from '#safety/effects/shell/paths.ts';
import { shellProblems } from '#safety/effects/shell/problems.ts';
import { wordsOf } from '#safety/effects/shell/script.ts';
import { doubtsAbout } from '#safety/effects/shell/tree/guard.ts';
import { everyNode } from '#safety/effects/shell/tree/node.ts';
import { mayBeSet } from '#safety/effects/shell/variables.ts';
import type { WordScope } from '#safety/effects/shell/words.ts';

const { shell } = await loadEffectParsers({ shell: true, postgres: false });
if (shell === undefined) throw new Error('there is no parser');
const parse = shell;
const parsers = { shell, postgres: undefined };

const url = new URL('../../fixtures/effects/words.txt', import.meta.url);

/** Shows the words of the last command of a script; `known` is the only variable that is plain. */
function wordsIn(script: string, outer: WordScope['outer']): readonly string[] {
  const scope: WordScope = {
    script,
    outer,
    opaque: new Map(),
    isPlain: (name, _, isQuoted) => name === 'xy' && isQuoted,
  };
  const command = [...everyNode(parse(script))].findLast(({ type }) => type === 'command');
  const words = command === undefined ? [] : wordsOf(command, scope);
  return words.map(({ text, prefix, outline, count, span, exactAt }) => {
    const texts = [text, prefix, outline].map((one) => JSON.stringify(one));
    return [...texts, count, span.start, span.end, exactAt].join(' ');
  });
}

function doubtsIn(script: string, dialect: 'bash' | 'any'): readonly string[] {
  return doubtsAbout(script, parse(script), dialect).map(
    ({ text, span }) => `${JSON.stringify(script.slice(span.start, span.end))}: ${text}`,
  );
}

const KINDS: Readonly<Record<string, (text: string) => readonly string[]>> = {
  words: (text) => wordsIn(`echo ${text}`, (span) => span).slice(1),
  inner: (text) => wordsIn(text, () => ({ start: 7, end: 9 })),
  doubts: (text) => doubtsIn(text, 'bash'),
  anyshell: (text) => doubtsIn(text, 'any'),
  problems: (text) =>
    shellProblems(text, parse).map(
      ({ message, span }) => `${JSON.stringify(text.slice(span.start, span.end))}: ${message}`,
    ),
  variable: (name) => [
    ['', 'cat', '1', 'UTC', '/tmp/x', UNKNOWN_PART, '/dev/st0']
      .map((value) => mayBeSet(name, value))
      .join(' '),
  ],
  path: (outline) => [`${isUnsafePath(outline)} ${isUnsafeFolder(outline)}`],
};

const lines = readFileSync(url, 'utf8').split('\n');
const isCase = (line: string) => /^[a-z]+ "/.test(line);
const cases = lines.flatMap((line, index) => {
  if (!isCase(line)) return [];
  const end = lines.findIndex((other, at) => at > index && !other.startsWith('\t'));
  return [[line, lines.slice(index + 1, end).map((one) => one.slice(1))] as const];
});

function readOf(line: string): readonly string[] {
  const [kind = ''] = line.split(' ');
  return KINDS[kind]?.(JSON.parse(line.slice(kind.length + 1))) ?? [];
}

if (process.env.UPDATE_FIXTURES) {
  const kept = lines.filter((line) => !line.startsWith('\t'));
  const written = kept.flatMap((line) =>
    isCase(line) ? [line, ...readOf(line).map((one) => `\t${one}`)] : [line],
  );
  writeFileSync(url, written.join('\n'));
}

test.each(cases)('what is read of %s', (line, expected) => {
  expect(readOf(line)).toEqual(expected);
});

test('a script that is too long is not judged', () => {
  const long = (length: number) => inferShell('ls'.padEnd(length), parsers).because;
  expect(long(LONGEST_SCRIPT)).toEqual([]);
  expect(long(LONGEST_SCRIPT + 1)).toMatchObject([{ text: 'the script is too long to be judged' }]);
});

test('scripts inside scripts are judged to a depth', () => {
  const nested = (depth: number): string =>
    depth === 0 ? 'ls' : `ssh h ${JSON.stringify(nested(depth - 1)).replaceAll('$', '\\$')}`;
  expect(inferShell(nested(6), parsers).because).toEqual([]);
  const reasons = inferShell(nested(7), parsers).because.map(({ text }) => text);
  expect(reasons).toEqual(['scripts inside scripts go too deep']);
});

test('a tree that is too deep ends in an error', () => {
  const deepest = (depth: number) => {
    const types = [...everyNode(parse(`${'('.repeat(depth)}ls${')'.repeat(depth)}`))];
    return types.filter(({ type }) => type === 'ERROR').length;
  };
  expect(deepest(150)).toBe(0);
  expect(deepest(151)).toBe(3);
  expect(deepest(155)).toBe(3);
  expect(deepest(160)).toBeGreaterThan(0);
  expect(inferShell(`${'('.repeat(160)}ls${')'.repeat(160)}`, parsers).effect).not.toBe('read');
});
