import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, expectTypeOf, test } from 'vitest';
import * as z from 'zod/mini';
import type { RunEvent } from '#events/log/event.ts';
import { EVENT_SCHEMA } from '#events/log/schema.ts';

const root = resolve(import.meta.dirname, '../..');

/** Returns the fields of each event in the union, as the source says: `name` or `name?`. */
function declaredEvents(): Map<string, readonly string[]> {
  const events = new Map<string, readonly string[]>();
  const members = ['event.ts', 'gate-event.ts'].flatMap((file) => {
    const source = readFileSync(resolve(root, 'src/events/log', file), 'utf8');
    const union = /export type \w+Event =\n([\s\S]*?);\n(?:\n|$)/.exec(source)?.[1] ?? '';
    return union.split(/^ {2}\| (?=\{)/m).slice(1);
  });
  for (const member of members) {
    const fields = topLevel(member).matchAll(/readonly (\w+\??):/g);
    const type = /readonly type: '([^']+)'/.exec(member)?.[1] ?? '';
    events.set(
      type,
      Array.from(fields, ([, field = '']) => field).filter((f) => f !== 'type'),
    );
  }
  return events;
}

/** Returns a member without what is inside its fields' own braces. */
function topLevel(member: string): string {
  let depth = 0;
  let kept = '';
  for (const character of member.replaceAll(/\/\*\*[\s\S]*?\*\//g, '')) {
    if (character === '}') depth -= 1;
    if (depth === 1) kept += character;
    if (character === '{') depth += 1;
  }
  return kept;
}

/** Returns the fields of each event in the documentation. */
function documentedEvents(): Map<string, readonly string[]> {
  const page = readFileSync(resolve(root, 'docs/reference/events.md'), 'utf8');
  const sections = page.split(/^### /m).slice(1);
  return new Map(
    sections.map((section) => [
      /^`([^`]+)`\n/.exec(section)?.[1] ?? section.slice(0, 20),
      Array.from(section.matchAll(/^\| `(\w+\??)` \|/gm), ([, field = '']) => field),
    ]),
  );
}

test('every event is documented, and every documented event exists', () => {
  expect(declaredEvents().size).toBeGreaterThan(15);
  expect([...documentedEvents().keys()].toSorted()).toEqual(
    [...declaredEvents().keys()].toSorted(),
  );
});

test.each([...declaredEvents()])('%s is documented with its fields', (type, fields) => {
  expect(fields.length).toBeGreaterThan(0);
  expect(documentedEvents().get(type)).toEqual(fields);
});

test.each([...documentedEvents().keys()])('%s says when it is written', (type) => {
  const page = readFileSync(resolve(root, 'docs/reference/events.md'), 'utf8');
  expect(page).toMatch(new RegExp(`### \`${type}\`\\n\\nWritten `));
});

type EventSchema = {
  readonly properties: Readonly<Record<string, { readonly const?: string }>>;
  readonly required: readonly string[];
};

test('the schema of transcripts has each event with its fields', () => {
  const { oneOf = [], anyOf = oneOf } = z.toJSONSchema(EVENT_SCHEMA) as {
    readonly oneOf?: readonly EventSchema[];
    readonly anyOf?: readonly EventSchema[];
  };
  const fields = anyOf.map(({ properties: { type, ...properties }, required }) => {
    const names = Object.keys(properties).map(
      (name) => `${name}${required.includes(name) ? '' : '?'}`,
    );
    return [type?.const ?? '', names] as const;
  });
  expect(new Map(fields)).toEqual(declaredEvents());
});

/** A type with nothing in it read-only, as a schema infers it. */
type Written<T> = T extends readonly (infer Item)[]
  ? Written<Item>[]
  : T extends object
    ? { -readonly [Field in keyof T]: Written<T[Field]> }
    : T;

test('the schema takes every event that the types allow', () => {
  expectTypeOf<Written<RunEvent>>().toExtend<z.infer<typeof EVENT_SCHEMA>>();
});
