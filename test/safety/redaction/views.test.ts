import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { formsOf } from '#safety/redaction/forms.ts';
import { unescaped, unescapedView } from '#safety/redaction/unescaped.ts';
import { unwrappedView } from '#safety/redaction/unwrapped.ts';
import { plainView, type View } from '#safety/redaction/view.ts';
import { visibleOf } from '#safety/redaction/visible.ts';
import { findUrlPasswords, openUrlStart, splitUrl } from '#text/url.ts';

const url = new URL('../../fixtures/redaction/views.txt', import.meta.url);
const encoder = new TextEncoder();

/** Shows a view: its text, and where each offset of it is in the source, and the other way round. */
function shownView(view: View, length: number): string {
  const own = Array.from({ length: view.bytes.length + 1 }, (_, at) => at);
  const source = Array.from({ length: length + 1 }, (_, at) => at);
  const listed = (name: string, numbers: readonly number[]) => `${name} ${numbers.join(' ')}`;
  return [
    JSON.stringify(Buffer.from(view.bytes).toString()),
    listed(
      'from',
      own.map((at) => view.sourceStart(at)),
    ),
    listed(
      'to',
      own.map((at) => view.sourceEnd(at)),
    ),
    listed(
      'at',
      source.map((at) => view.offsetOf(at)),
    ),
    listed(
      'unit',
      source.map((at) => view.unitStart(at)),
    ),
  ].join('; ');
}

const ENCODED = 'QUJDREVGR0hJSktMTU5P';

const KINDS: Readonly<Record<string, (text: string) => readonly string[]>> = {
  unescaped(text) {
    const bytes = encoder.encode(text);
    const views = [true, false].map((ended) => unescapedView(plainView(bytes), ended));
    const kept = views.map((view) => shownView(view, bytes.length));
    return [...new Set([`${JSON.stringify(Buffer.from(unescaped(bytes)).toString())}`, ...kept])];
  },
  visible(text) {
    const bytes = encoder.encode(text);
    return [true, false].flatMap((ended) => {
      const { shown, others } = visibleOf(plainView(bytes), ended);
      return [shown, ...others].map((view) => `${ended}: ${shownView(view, bytes.length)}`);
    });
  },
  unwrapped: (text) => unwrapped(text, ''),
  'unwrapped+': (text) =>
    ['', ENCODED.slice(0, 15), ENCODED.slice(0, 16), `!${ENCODED}`, `${ENCODED}!`].flatMap(
      (before) => unwrapped(text, before),
    ),
  url: (text) => [JSON.stringify(splitUrl(text)) ?? 'none'],
  passwords: (text) => [JSON.stringify(findUrlPasswords(text))],
  open: (text) => [0, 3, 12, text.length].map((cut) => `${cut}: ${openUrlStart(text, cut)}`),
};

function unwrapped(text: string, before: string): readonly string[] {
  const bytes = encoder.encode(text);
  return [true, false].map((ended) => {
    const view = unwrappedView(plainView(bytes), before, ended);
    return `${ended}: ${shownView(view, bytes.length)}`;
  });
}

const lines = readFileSync(url, 'utf8').split('\n');
const cases = lines.flatMap((line, index) => {
  if (!/^[a-z+]+ "/.test(line)) return [];
  const end = lines.findIndex((other, at) => at > index && !other.startsWith('\t'));
  return [[line, lines.slice(index + 1, end).map((one) => one.slice(1))] as const];
});

function madeOf(line: string): readonly string[] {
  const [kind = ''] = line.split(' ');
  return KINDS[kind]?.(JSON.parse(line.slice(kind.length + 1))) ?? [];
}

if (process.env.UPDATE_FIXTURES) {
  const kept = lines.filter((line) => !line.startsWith('\t'));
  const written = kept.flatMap((line) =>
    /^[a-z+]+ "/.test(line) ? [line, ...madeOf(line).map((one) => `\t${one}`)] : [line],
  );
  writeFileSync(url, written.join('\n'));
}

test.each(cases)('what is made of %s', (line, expected) => {
  expect(madeOf(line)).toEqual(expected);
});

test('a secret has every form in which it travels', () => {
  expect([...formsOf(` a'b!~/*( `)].filter((form) => form.length < 60)).toMatchObject(
    expect.arrayContaining([
      ...[` a'b!~/*( `, `a'b!~/*(`, `a'\\''b!~/*(`, `a'"'"'b!~/*(`, `a''b!~/*(`],
      ...[`a'b!~%2F*(`, 'a%27b%21~%2F%2A%28', 'a%27b%21%7E%2F*%28', 'a%27b%21~/%2A%28'],
      ...[`a'b!~%2f*(`, 'a%27b%21~%2f%2a%28', 'a%27b%21%7e%2f*%28', 'a%27b%21~/%2a%28'],
      ...[`+a'b!~/*(+`, `%20a'b!~%2F*(%20`, `+a%27b%21~%2F%2A%28+`, `+a%27b%21%7E%2F*%28+`],
      ...[
        '61276221 7e2f2a28'.replace(' ', ''),
        '61:27:62:21:7e:2f:2a:28',
        '61 27 62 21 7E 2F 2A 28',
      ],
    ]),
  );
  expect([...formsOf('a"b\\c')]).toEqual(
    expect.arrayContaining([
      'a\\"b\\\\c',
      'a\\\\\\"b\\\\\\\\c',
      'a%22b%5Cc',
      'YSJiXG',
      'EiYlxj',
      'hImJcY',
    ]),
  );
  expect([...formsOf('%+,;=&$')]).toEqual(
    expect.arrayContaining(['%25+,;=&$', '%25%2B%2C%3B%3D%26%24', '%25%2b%2c%3b%3d%26%24']),
  );
});
