import { describe, expect, test } from 'vitest';
import { nodeAt, plain } from '#runbook/yaml/document.ts';
import { type LocatedScalar, readYaml } from '#runbook/yaml/located.ts';
import { positionAt } from '#runbook/yaml/source.ts';

function read(text: string) {
  return readYaml({ file: 'text.yaml', text });
}

function rootOf(text: string) {
  const { node, problems } = read(text);
  if (node === undefined) throw new Error(problems.map(({ message }) => message).join());
  return node;
}

/** The stretch of the text that a value stands in. */
function stretchOf(text: string, path: readonly PropertyKey[]): string {
  const found = nodeAt(rootOf(text), path);
  if (found === undefined) throw new Error('there is nothing at this path');
  return text.slice(found.span.start, found.span.end);
}

function scalarAt(text: string, path: readonly PropertyKey[]): LocatedScalar {
  const found = nodeAt(rootOf(text), path);
  if (found?.kind !== 'scalar') throw new Error('there is no scalar at this path');
  return found;
}

/** Where each character of a decoded text stands in the source. */
function sourceOf(text: string): string {
  const { text: decoded, offsets } = scalarAt(text, ['a']);
  return Array.from({ length: decoded.length }, (_, at) => text[offsets(at)]).join('');
}

/** What is wrong, with the stretch of the text it is said of. */
function problemsOf(text: string): readonly string[] {
  return read(text).problems.map(
    ({ message, span }) => `${message}: ${JSON.stringify(text.slice(span.start, span.end))}`,
  );
}

describe('a value knows where it stands', () => {
  test.each([
    ['a: 1', ['a'], '1'],
    ["a: 'it''s'", ['a'], "'it''s'"],
    ['a: "x\\ty"', ['a'], '"x\\ty"'],
    ['a: one\n  two\nb: 3', ['a'], 'one\n  two'],
    ['a: |\n  one\n  two\nb: 3', ['a'], 'one\n  two\n'],
    ['a: >-\n  one\n  two\nb: 3', ['a'], 'one\n  two\n'],
    ['a: |\r\n  one\r\nb: 3', ['a'], 'one\r\n'],
    ['\ufeffa: 1', ['a'], '1'],
    ['a: {b: [1, 2], c: {}}', ['a'], '{b: [1, 2], c: {}}'],
    ['a: {b: [1, 2], c: {}}', ['a', 'b'], '[1, 2]'],
    ['a: {b: [1, 2], c: {}}', ['a', 'b', 1], '2'],
    ['a: {b: [1, 2], c: {}}', ['a', 'c'], '{}'],
    ['a:\n  - x\n  - y: z\n', ['a'], '- x\n  - y: z'],
    ['a:\n  - x\n  - y: z\n', ['a', 1, 'y'], 'z'],
  ])('%j at %j is %j', (text, path, expected) => {
    expect(stretchOf(text, path)).toBe(expected);
  });

  test('so does a key', () => {
    const text = 'one: 1\n"two": 2\n';
    const root = rootOf(text);
    if (root.kind !== 'mapping') throw new Error('this is a mapping');
    const keys = [...root.entries].map(([name, { key }]) => [name, text.slice(key.start, key.end)]);
    expect(keys).toEqual([
      ['one', 'one'],
      ['two', '"two"'],
    ]);
  });

  test('an empty value stands at its key, and an empty item at its dash', () => {
    const text = 'first: 1\na:\nb:\n  - x\n  -\n  - y\n';
    expect(stretchOf(text, ['a'])).toBe('a');
    expect(positionAt({ file: '', text }, scalarAt(text, ['b', 1]).span.start)).toEqual({
      file: '',
      line: 5,
      column: 3,
    });
  });
});

describe('an offset in a decoded text leads back to its place', () => {
  test.each([
    ['a: |\n  one\n    two\n\n  three\n', 'one\n  two\n\nthree\n'],
    ['a: >-\n  one\n  two\n\n  three\n', 'one\ntwo\nthree'],
    ['a: one\n  two', 'one\ntwo'],
    ["a: 'it''s'", "it's"],
    ['a: "q\\"u\\u0041\\x42\\U0001F600 z"', 'q\\u\\\\\\\\ z'],
    ['a: "one\n  two \\\n  three"', 'one\ntwo three'],
    ['a: |\r\n  x\r\n  y\r\n', 'x\ny\n'],
    ['a: >2\n    x\n', '  x\n'],
  ])('%j', (text, expected) => {
    expect(sourceOf(text)).toBe(expected);
  });
});

test('an offset in what a block indents further leads past the indentation of the block', () => {
  const text = 'a: |\n  one\n    two\n';
  const { text: decoded, offsets } = scalarAt(text, ['a']);
  const columnOf = (part: string) =>
    positionAt({ file: '', text }, offsets(decoded.indexOf(part))).column;
  expect([columnOf('one'), columnOf('  two'), columnOf('two')]).toEqual([3, 3, 5]);
});

describe('scalars are read as in YAML 1.2', () => {
  test('numbers, truth values and nothing are what they look like; the rest is text', () => {
    const text = [
      'int: 10',
      'hex: 0x10',
      'float: 1.5',
      'true: true',
      'yes: yes',
      'nothing: ~',
      'empty:',
      'date: 2026-11-21',
      'quoted: "10"',
      'block: |-',
      '  true',
    ].join('\n');
    expect(plain(rootOf(text))).toEqual({
      int: 10,
      hex: 16,
      float: 1.5,
      true: true,
      yes: 'yes',
      nothing: null,
      empty: null,
      date: '2026-11-21',
      quoted: '10',
      block: 'true',
    });
  });

  test('a number keeps its text', () => {
    expect(scalarAt('a: 0x10', ['a']).text).toBe('0x10');
  });

  test('a key that JavaScript has a meaning for is a key like any other', () => {
    const value = plain(rootOf('__proto__: 1\nconstructor: 2\n')) as object;
    expect(Object.entries(value)).toEqual([
      ['__proto__', 1],
      ['constructor', 2],
    ]);
  });
});

describe('what is not part of a runbook is refused where it stands', () => {
  test.each([
    ['a: 1\na: 2', ['the key "a" stands here twice: "a"']],
    ['a: &x 1', ['anchors and aliases are not part of a runbook: "&x"']],
    ['a: *x', ['anchors and aliases are not part of a runbook: "*x"']],
    ['a: !!str 1', ['tags are not part of a runbook: "!!str"']],
    ['[a]: 1', ['a key has to be plain text: "[a]"']],
    ['a: 1\n---\nb: 2', ['a runbook is one YAML document: "---"']],
    ['\ta: 1', ['this is not YAML: tab characters must not be used in indentation: "\\t"']],
    ['a:\n\tb: 1', ['this is not YAML: tab characters must not be used in indentation: "\\t"']],
    ['a: 1\n b: 2', ['this is not YAML: bad indentation of a mapping entry: "b"']],
    ['a: \u0007', ['this is not YAML: the stream contains non-printable characters: "\\u0007"']],
  ])('%j', (text, expected) => {
    expect(problemsOf(text)).toEqual(expected);
  });

  test('merge keys have no meaning: they are keys, which no schema knows', () => {
    expect(plain(rootOf('<<: {a: 1}'))).toEqual({ '<<': { a: 1 } });
  });

  test('nesting deeper than 32 levels', () => {
    const nested = (depth: number) => `${'['.repeat(depth)}1${']'.repeat(depth)}`;
    expect(problemsOf(nested(30))).toEqual([]);
    expect(problemsOf(nested(33))).toEqual([
      'this is not YAML: nesting exceeded maxDepth (32): "["',
    ]);
  });
});

describe('no text is too much', () => {
  test.each([
    ['nothing', ''],
    ['a comment', '# nothing yet\n'],
    ['a blank file', '\n\n'],
  ])('%s is an empty document', (_, text) => {
    expect(plain(rootOf(text))).toBe(null);
  });

  test.each([
    ['one long line', `a: ${'x'.repeat(1e6)}`],
    ['one long block', `a: |\n${'  line\n'.repeat(150_000)}`],
    ['many keys', Array.from({ length: 50_000 }, (_, at) => `key${at}: value`).join('\n')],
    ['one long list', `a: [${'1, '.repeat(150_000)}1]`],
    ['many escapes', `a: "${'\\"'.repeat(500_000)}"`],
  ])('a megabyte in %s is read within seconds', (_, text) => {
    const before = process.cpuUsage();
    expect(problemsOf(text)).toEqual([]);
    if (text.startsWith('a: "')) scalarAt(text, ['a']).offsets(499_999);
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(10_000);
  });
});
