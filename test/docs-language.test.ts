import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { resultShape } from '../src/runbook/names.ts';
import type { StepKind } from '../src/runbook/runbook.ts';
import { runbookJsonSchema } from '../src/runbook/schema.ts';
import { ERROR_KINDS } from '../src/runbook/step-error.ts';
import { parsed } from './fixtures/compiled.ts';

const page = readFileSync(new URL('../docs/language.md', import.meta.url), 'utf8');

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Schema | false;
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly enum?: readonly string[];
};

type Key = { readonly isRequired: boolean; readonly values: readonly string[] };

/** The keys of the language by path; those of a step stand at the top, as in the page. */
function keysOf(schema: Schema, at = ''): readonly (readonly [string, Key])[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const path = at === '' || at === 'steps' ? name : `${at}.${name}`;
    const isRequired = schema.required?.includes(name) ?? false;
    const values = inner.enum ?? inner.items?.enum ?? [];
    return [[path, { isRequired, values }] as const, ...keysOf(inner, path)];
  });
  const named = schema.additionalProperties || undefined;
  const same = [...(schema.anyOf ?? []), ...(schema.items === undefined ? [] : [schema.items])];
  return [
    ...own,
    ...same.flatMap((inner) => keysOf(inner, at)),
    ...(named === undefined ? [] : keysOf(named, `${at}.NAME`)),
  ];
}

type Row = { readonly type: string; readonly standard: string; readonly meaning: string };

/** The rows of the tables whose head is `key | type | default | meaning`. */
const rows = new Map<string, Row>(
  [...page.matchAll(/^\| key \| type \| default \| meaning \|\n\|[-|]+\|\n((?:\|.*\n)+)/gm)]
    .flatMap(([, body = '']) => body.trimEnd().split('\n'))
    .map((line): [string, Row] => {
      const [, key = '', type = '', standard = '', ...meaning] = line
        .split('|')
        .map((cell) => cell.trim());
      return [key.replaceAll('`', ''), { type, standard, meaning: meaning.join('|') }];
    }),
);

const keys = new Map(keysOf(runbookJsonSchema() as Schema));
/** A statement can stand in three places and is described once. */
const described = [...keys.keys()].filter((key) => !/^(preview|verify)\.sql\./.test(key));

function tableOf(head: string): readonly (readonly string[])[] {
  const body = page.split(`| ${head} |\n`)[1]?.split('\n\n')[0] ?? '';
  return body
    .split('\n')
    .slice(1)
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

describe('the page about the language', () => {
  test('has every key of the schema, and no other', () => {
    expect([...rows.keys()].toSorted()).toEqual(described.toSorted());
  });

  test.each(described)('says of %s whether it is required, and which values it has', (key) => {
    const { isRequired, values } = keys.get(key) ?? { isRequired: false, values: [] };
    const row = rows.get(key);
    expect(row?.standard === 'required').toBe(isRequired);
    for (const value of values) expect(`${row?.type} ${row?.meaning}`).toContain(`\`${value}\``);
  });

  test('has every kind of error', () => {
    const documented = tableOf('kind | what happened').map(([kind]) => kind?.replaceAll('`', ''));
    expect(documented).toEqual([...ERROR_KINDS]);
  });

  test('has every field of a result', () => {
    for (const [kind = '', fields = ''] of tableOf('kind | fields of `result`')) {
      const documented = [...fields.matchAll(/`(\w+)`/g)].map(([, name]) => name);
      expect(documented).toEqual(Object.keys(resultShape(kind.replaceAll('`', '') as StepKind)));
    }
  });

  test('has examples that are valid', () => {
    const examples = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']) => text);
    expect(examples.length).toBeGreaterThan(3);
    for (const example of examples) expect(() => parsed(wholeRunbook(example))).not.toThrow();
  });
});

/** Completes an example to a runbook: a part of one stands where it would. */
function wholeRunbook(example: string): string {
  if (example.includes('\nsummary: ')) return example.replace(/^name: .*$/m, 'name: inline');
  const head = [
    'name: inline',
    'title: Example',
    'summary: Example',
    'inputs: { database_url: { secret: true }, reserve_url: { secret: true, required: false } }',
  ];
  const targets = ['targets: { db: { database: "${{ inputs.database_url }}" } }'];
  const ends = ['hand_over', 'unblock', 'done'].map((id) => `  - { id: ${id}, wait: 1s }`);
  const count = ['steps:', '  - id: count', '    effect: read', '    sql: SELECT 1'];
  const indented = (by: string) => example.trimEnd().replaceAll(/^/gm, by);
  if (example.startsWith('targets:')) return [...head, example, 'steps:', ...ends].join('\n');
  if (example.startsWith('next:'))
    return [...head, ...targets, ...count, indented('    '), ...ends].join('\n');
  if (example.startsWith('- id:'))
    return [...head, ...targets, 'steps:', indented('  ')].join('\n');
  return [...head, ...targets, example].join('\n');
}
