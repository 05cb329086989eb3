import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { editorSchema } from '#runbook/schema/editor.ts';
import { runbookJsonSchema } from '#runbook/schema/runbook.ts';
import { plain } from '#runbook/yaml/document.ts';
import { readYaml } from '#runbook/yaml/located.ts';

type Schema = {
  readonly if?: { readonly required: readonly string[] };
  readonly then?: Schema;
  readonly else?: Schema;
  readonly const?: string;
  readonly errorMessage?: string;
  readonly pattern?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
};
type Document = Readonly<Record<string, unknown>>;

/** Tells whether a document fits a schema, as zod reads it back: it forgets what stands beside `allOf`. */
function fits(schema: unknown, document: unknown): boolean {
  const whole = together(schema) as Parameters<typeof z.fromJSONSchema>[0];
  return z.fromJSONSchema(whole).safeParse(document).success;
}

function together(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(together);
  if (typeof value !== 'object' || value === null) return value;
  const { allOf = [], ...own } = value as { readonly allOf?: readonly object[] };
  return Object.fromEntries(
    Object.entries(Object.assign({}, own, ...allOf)).map(([key, part]) => [key, together(part)]),
  );
}

/** Every schema in a schema. */
function everyPart(value: unknown): readonly Schema[] {
  if (typeof value !== 'object' || value === null) return [];
  return [value as Schema, ...Object.values(value).flatMap(everyPart)];
}

/** Walks to the kind that a mapping's keys decide, as an editor does. */
function decided(schema: Schema | undefined, mapping: Document): Schema | undefined {
  if (schema?.if === undefined) return schema;
  const isThis = schema.if.required.every((key) => Object.hasOwn(mapping, key));
  return decided(isThis ? schema.then : schema.else, mapping);
}

const decisive = editorSchema() as Schema;
const items = (schema: Schema | undefined): Schema | undefined => schema?.items;

function isStep(step: Document, schema: Schema | undefined): boolean {
  const kind = decided(schema, step);
  const branches = items(kind?.properties?.parallel);
  if (branches?.if === undefined) return fits(kind, step);
  const { parallel, ...rest } = kind?.properties ?? {};
  const plainKind = { ...kind, properties: { ...rest, parallel: { ...parallel, items: {} } } };
  const inner = Array.isArray(step.parallel) ? (step.parallel as Document[]) : [];
  return fits(plainKind, step) && inner.every((branch) => isStep(branch, branches));
}

function isAcceptedBoth(document: Document): readonly [boolean, boolean] {
  const { steps, finally: last = [] } = document as {
    readonly steps: readonly Document[];
    readonly finally?: readonly Document[];
  };
  const head = { ...decisive, properties: { ...decisive.properties, steps: {}, finally: {} } };
  const byEditor =
    fits(head, document) &&
    [...steps, ...last].every((step) => isStep(step, items(decisive.properties?.steps)));
  return [fits(runbookJsonSchema(), document), byEditor];
}

function documentOf(text: string): Document {
  const { node } = readYaml({ file: 'x', text });
  if (node === undefined) throw new Error('this is not YAML');
  return plain(node) as Document;
}

const textAt = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');
const everyKind = textAt('../../fixtures/every-kind.yaml');

describe('the schema that editors get', () => {
  test.each(['../../../runbooks/pool-exhausted.yaml', '../../fixtures/every-kind.yaml'])(
    'accepts %s, as the plain schema does',
    (path) => {
      expect(isAcceptedBoth(documentOf(textAt(path)))).toEqual([true, true]);
    },
  );

  test.each([
    ['a key of another kind', 'manual: Tell the team', 'preview: {}\n    manual: Tell the team'],
    ['two kinds at once', '    wait: 5s', '    wait: 5s\n    manual: Wait'],
    ['no kind', '    wait: 5s', '    title: Wait'],
    ['a wrong value', 'effect: destructive', 'effect: dangerous'],
    ['a mistake in a branch', 'attempts: 3', 'atempts: 3'],
    ['a branch that changes something', '{ tcp: {', '{ tpc: {'],
    ['an unknown key of the runbook', 'severity:', 'severitty:'],
    ['a wrong type deep inside', 'max_rows: 20', 'max_rows: many'],
  ])('refuses %s, as the plain schema does', (_, right, wrong) => {
    expect(everyKind).toContain(right);
    expect(isAcceptedBoth(documentOf(everyKind.replace(right, wrong)))).toEqual([false, false]);
  });

  test('says of the kind that is meant what is wrong, and offers its keys only', () => {
    const step = { id: 'tell', manual: 'Tell', retry: { attempts: 2 } };
    const kind = decided(items(decisive.properties?.steps), step);
    expect(Object.keys(kind?.properties ?? {})).toContain('manual');
    expect(Object.keys(kind?.properties ?? {})).not.toContain('retry');
  });

  test('offers every key, and says what is missing, where the kind is still open', () => {
    const kind = decided(items(decisive.properties?.steps), { id: 'new' });
    expect(Object.keys(kind?.properties ?? {})).toEqual(
      expect.arrayContaining(['sql', 'shell', 'probe', 'finish', 'retry', 'parallel']),
    );
    expect(kind?.errorMessage).toMatch(
      /^This does nothing yet: it needs one of use, sql, shell, http, probe/,
    );
  });

  test('keeps limits apart from keys: beside them yaml-language-server hides the kinds of probe', () => {
    const mappings = everyPart(decisive).filter((part) => part.properties !== undefined);
    expect(mappings.length).toBeGreaterThan(50);
    for (const limit of ['required', 'minProperties', 'maxProperties'])
      expect(mappings.filter((part) => Object.hasOwn(part, limit) && 'type' in part)).toEqual([]);
  });

  test('says in words what a duration and a name are', () => {
    const said = new Map(
      everyPart(decisive).map(({ pattern, errorMessage }) => [pattern, errorMessage]),
    );
    expect(said.get('^\\d+(\\.\\d+)?(ms|s|m|h)$')).toBe(
      'This is not a duration: write 500ms, 10s, 5m or 1h',
    );
    expect(said.get('^[a-z][a-z0-9_-]*$')).toMatch(/^This is not a name/);
  });
});
