import { describe, expect, test } from 'vitest';
import * as z from 'zod/mini';
import { errorAt } from '#runbook/diagnostic.ts';
import { duration, opt } from '#runbook/schema/parts.ts';
import { readFile } from '#runbook/yaml/document.ts';
import { checked, held, holds, placed, withDefault } from '#runbook/yaml/holds.ts';

/** A port, which is held as a number; `wrong` cannot be used. */
const port = holds(z.string(), (text, { node: { span } }) =>
  text === 'wrong'
    ? { value: undefined, problems: [errorAt('wrong-value', span, 'no port')] }
    : held(Number(text.slice(1))),
);

/** Reads a text by a schema. */
function read<S extends z.core.$ZodType>(schema: S, text: string) {
  const { value, problems } = readFile(schema, { file: 'ports.yaml', text });
  const quoted = problems.map(({ message, span }) => [message, text.slice(span.start, span.end)]);
  return { value, quoted };
}

describe('what a key holds is declared once, in its schema', () => {
  test('in mappings, lists, records and alternatives', () => {
    const schema = z.strictObject({
      one: port,
      list: z.array(port),
      byName: z.record(z.string(), port),
      either: z.union([z.number(), z.strictObject({ port })]),
      maybe: opt(port),
    });
    const text = 'one: p1\nlist: [p2, p3]\nbyName: { a: p4 }\neither: { port: p5 }\n';
    expect(read(schema, text).value).toEqual({
      one: 1,
      list: [2, 3],
      byName: { a: 4 },
      either: { port: 5 },
    });
  });

  test('of a value that others are made of', () => {
    const range = holds(z.strictObject({ from: port, to: port }), ({ from, to }) =>
      held(to - from),
    );
    expect(read(z.strictObject({ range }), 'range: { from: p3, to: p8 }').value).toEqual({
      range: 5,
    });
  });

  test('with its place, also behind another description', () => {
    const schema = z.strictObject({ at: placed(port).check(z.describe('where')) });
    expect(read(schema, 'at:  p9').value).toEqual({ at: { value: 9, span: { start: 5, end: 7 } } });
  });

  test('with the key that leads to it', () => {
    const named = holds(port, (value, { key, path }) => held({ value, key, path }));
    expect(read(z.record(z.string(), named), 'a: p1').value).toEqual({
      a: { value: 1, key: { start: 0, end: 1 }, path: ['a'] },
    });
  });

  test('with a default for a key that is left out', () => {
    const schema = z.strictObject({
      list: withDefault(z.array(port), []),
      pause: duration('a pause', '2s'),
    });
    expect(read(schema, '{}').value).toEqual({ list: [], pause: 2_000 });
    expect(read(schema, '{ list: [p1], pause: 1m }').value).toEqual({ list: [1], pause: 60_000 });
  });
});

describe('a file with a problem has no value, and every problem is said', () => {
  test('of the shape and of what is held', () => {
    const schema = z.strictObject({ list: z.array(port) });
    expect(read(schema, 'list: [p1, wrong]\nother: 1')).toEqual({
      value: undefined,
      quoted: [
        ['unknown key "other"', 'other'],
        ['no port', 'wrong'],
      ],
    });
  });

  test('a rule sees the items without a problem, and no mapping that lacks a key', () => {
    const seen: unknown[] = [];
    const see = (value: unknown) => {
      seen.push(value);
      return [];
    };
    const entry = checked(z.strictObject({ port }), see);
    read(checked(z.array(entry), see), '[{ port: wrong }, { port: p2 }]');
    expect(seen).toEqual([{ port: 2 }, [{ port: 2 }]]);
  });
});

test('the JSON Schema is that of what is written', () => {
  const path = z.string().check(z.describe('a path'));
  const jsonOf = (part: z.ZodMiniType) =>
    z.toJSONSchema(z.strictObject({ one: part, other: part, maybe: opt(part) }), { reused: 'ref' });
  expect(jsonOf(placed(path))).toEqual(jsonOf(path));
  expect(jsonOf(withDefault(path, 'a'))).toEqual(jsonOf(opt(path)));
});
