import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod/mini';
import { EVENT_SCHEMA } from '#events/log/event.ts';
import { REASON_SCHEMA } from '#events/log/reason.ts';

type EventSchema = {
  readonly description: string;
  readonly properties: Readonly<Record<string, { readonly const?: string }>>;
  readonly required: readonly string[];
};

/** Each event of the schema: when it is written, and its fields as `name` or `name?`. */
const declared = new Map(
  (z.toJSONSchema(EVENT_SCHEMA, { io: 'input' }) as { oneOf: EventSchema[] }).oneOf.map(
    ({ description, properties: { type, ...properties }, required }) => {
      const fields = Object.keys(properties).map(
        (name) => `${name}${required.includes(name) ? '' : '?'}`,
      );
      return [type?.const ?? '', { written: description, fields }] as const;
    },
  ),
);

const pages = ['events.md', 'step-events.md'].map((page) =>
  readFileSync(resolve(import.meta.dirname, '../../docs/reference', page), 'utf8'),
);

/** The text under each event's heading on its page. */
const documented = new Map(
  pages
    .flatMap((page) => page.split(/^##+ (?=`)/m).slice(1))
    .map((section) => {
      const type = /^`([^`]+)`\n/.exec(section)?.[1] ?? section.slice(0, 20);
      return [type, section.slice(section.indexOf('\n')).trim()] as const;
    }),
);

test('every event is documented, and every documented event exists', () => {
  expect(declared.size).toBeGreaterThan(15);
  expect([...documented.keys()].toSorted()).toEqual([...declared.keys()].toSorted());
});

test.each([...declared])('%s is documented with its fields', (type, { fields }) => {
  const rows = documented.get(type)?.matchAll(/^\| `(\w+\??)` \|/gm) ?? [];
  expect(fields.length).toBeGreaterThan(0);
  expect(Array.from(rows, ([, field = '']) => field)).toEqual(fields);
});

test.each([...declared])('%s says when it is written, as its schema does', (type, { written }) => {
  expect(written).toMatch(/^Written /);
  const section = documented.get(type)?.replaceAll(/\s+/g, ' ') ?? '';
  expect(section.slice(0, written.length)).toBe(written);
});

test('every kind of reason is documented with its values', () => {
  const kinds = REASON_SCHEMA.def.options.flatMap(({ def: { shape } }) => {
    const { kind, ...values } = shape;
    const names = Object.entries(values).map(
      ([name, { def }]) => `${name}${def.type === 'optional' ? '?' : ''}`,
    );
    const all = 'entries' in kind.def ? Object.values(kind.def.entries) : kind.def.values;
    return all.map((one) => [one, names] as const);
  });
  const [, section = ''] = pages[0]?.split('|---|---|\n| `run.paused` |') ?? [];
  const documented = section.matchAll(/`([a-z-]+)`(?: \((`[^)]+`)\))?(?=,| \|)/g);
  const rows = Array.from(documented, ([, kind, values = '']) => [
    kind,
    values.match(/\w+\??/g) ?? [],
  ]);
  expect(rows.toSorted()).toEqual(kinds.toSorted());
});
