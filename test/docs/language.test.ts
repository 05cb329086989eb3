import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { checkRunbook } from '#cli/library/load-runbook.ts';
import { formatDiagnostics } from '#runbook/diagnostic.ts';
import { ERROR_FIELDS, STATUS, TARGET_FIELDS } from '#runbook/expression/known-names.ts';
import { ERROR_MEANINGS } from '#runbook/model/error-meanings.ts';
import { PROBE_RESULTS } from '#runbook/model/probe-results.ts';
import type { StepKind } from '#runbook/model/runbook.ts';
import { ERROR_KINDS } from '#runbook/model/step-error.ts';
import { repeatedFields, resultFields } from '#runbook/model/step-results.ts';
import { runbookJsonSchema } from '#runbook/schema/runbook.ts';
import { BRANCH_SCHEMAS } from '#runbook/schema/step.ts';

const page = [
  ...['author/language', 'reference/language', 'reference/steps'],
  ...['reference/guards', 'reference/expressions'],
]
  .map((name) => readFileSync(new URL(`../../docs/${name}.md`, import.meta.url), 'utf8'))
  .join('\n');

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
    const either = inner.anyOf?.flatMap((one) => one.enum ?? []) ?? [];
    const values = inner.enum ?? inner.items?.enum ?? either;
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
/** What can stand in several places is described once; a branch has keys of other steps. */
const REPEATED =
  /^(?:on\.kubernetes|(?:preview|verify|undo|wait|prerequisites)\.(?:sql|http|probe|confirm)|finally|parallel|on_error|on_declined|phases|ask\.choices\.NAME)\./;
const described = [...keys.keys()].filter((key) => !REPEATED.test(key));

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

function namesIn(text: string): readonly string[] {
  return [...text.matchAll(/`([\w-]+)`/g)].map(([, name = '']) => name);
}

describe('the pages about the language', () => {
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

  test('has the meaning of every kind of error that editors show', () => {
    for (const [kind, meaning] of Object.entries(ERROR_MEANINGS))
      expect(page).toContain(`\n| \`${kind}\` | ${meaning} |\n`);
  });

  test('has every field of a result', () => {
    const kinds = tableOf('kind | fields of `result`');
    for (const [kind = '', fields = ''] of kinds) {
      const name = kind.replaceAll('`', '') as StepKind;
      if (name === 'probe' || name === 'parallel') continue;
      const always = fields.replace(/; with.*$/, '').replaceAll(/\([^)]*\)/g, '');
      expect([name, namesIn(always)]).toEqual([name, Object.keys(resultFields({ kind: name }))]);
    }
    expect(kinds.map(([kind]) => kind?.replaceAll('`', ''))).toEqual([
      'sql',
      'shell',
      'http',
      'probe',
      'ask',
      'manual',
      'wait',
      'runbook',
      'parallel',
    ]);
  });

  test('has every field of what a probe finds', () => {
    const documented = tableOf('probe | fields of `result`').map(([probe = '', fields = '']) => [
      probe.replaceAll('`', ''),
      namesIn(fields),
    ]);
    const found = Object.entries(PROBE_RESULTS).map(([name, fields]) => [
      name,
      Object.keys(fields),
    ]);
    expect(documented).toEqual(found);
  });

  test('has every field of a repeated step, of an error and of a target, and every status', () => {
    const repeated = tableOf('field | holds').flatMap(([field = '']) => namesIn(field));
    expect(repeated).toEqual(Object.keys(repeatedFields()));
    const names = new Map(
      tableOf('name | holds | where').map(([name = '', holds = '']) => [name, holds]),
    );
    expect(namesIn(names.get('`error`') ?? '')).toEqual(Object.keys(ERROR_FIELDS));
    expect(namesIn(names.get('`targets.NAME`') ?? '')).toEqual(Object.keys(TARGET_FIELDS));
    const statuses = (names.get('`steps.ID`') ?? '').split('`status`: ')[1] ?? '';
    expect(namesIn(statuses)).toEqual(STATUS.kind === 'text' ? STATUS.values : []);
  });

  test('has every key of a branch', () => {
    const [, listed = ''] = /^A branch has the keys ([^.]+)\./m.exec(page) ?? [];
    const known = Object.values(BRANCH_SCHEMAS).flatMap(({ shape }) => Object.keys(shape));
    expect(namesIn(listed)).toEqual([...new Set(known)]);
  });

  test('has examples that are valid', async () => {
    const examples = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']) => text);
    expect(examples.length).toBeGreaterThan(3);
    for (const example of examples) {
      const source = { file: 'inline', text: wholeRunbook(example) };
      const result = await checkRunbook(source, new Map([['restart-queue', OTHER]]));
      expect(result.ok ? '' : formatDiagnostics(source, result.diagnostics)).toBe('');
    }
  });
});

/** The runbook that an example has as a step. */
const OTHER = {
  file: 'restart-queue.yaml',
  text: [
    'name: restart-queue',
    'title: Restart a queue',
    'summary: Restarts a queue.',
    'inputs: { queue: {} }',
    'steps:',
    '  - { id: restart, manual: "Restart ${{ inputs.queue }}." }',
  ].join('\n'),
};

/** The library file that an example uses. */
const SESSIONS = [
  '--- # lib/sessions.yaml',
  'fragments: { sessions: pg_stat_activity, may_end: NOT usesuper }',
  'templates:',
  '  free_slots:',
  '    params: [least]',
  '    step: { manual: "Count to @{least}." }',
].join('\n');

/** Completes an example to a runbook: a part of one stands where it would. */
function wholeRunbook(example: string): string {
  if (example.includes('\nsummary: ')) return example.replace(/^name: .*$/m, 'name: inline');
  const head = [
    'name: inline',
    'title: Example',
    'summary: Example',
    'inputs:',
    '  database_url: { secret: true }',
    '  reserve_url: { secret: true, required: false }',
    '  api_url: { type: url }',
    '  api_token: { secret: true }',
    '  service: {}',
  ];
  const targets = ['targets: { db: { database: "${{ inputs.database_url }}", engine: postgres } }'];
  const ends = ['hand_over', 'unblock', 'done'].map((id) => `  - { id: ${id}, wait: 1s }`);
  const count = ['steps:', '  - id: count', '    effect: read', '    sql: SELECT * FROM example'];
  const indented = (by: string) => example.trimEnd().replaceAll(/^/gm, by);
  if (example.startsWith('prerequisites:'))
    return [...head, ...targets, example, 'steps:', ...ends].join('\n');
  if (example.startsWith('targets:')) return [...head, example, 'steps:', ...ends].join('\n');
  if (example.startsWith('inputs:'))
    return [...head.slice(0, 3), example, 'steps:', ...ends].join('\n');
  if (example.startsWith('next:'))
    return [...head, ...targets, ...count, indented('    '), ...ends].join('\n');
  if (example.startsWith('on_declined:'))
    return [...head, ...targets, example, ...count, ...ends].join('\n');
  if (example.startsWith('uses:'))
    return [...head, ...targets, example, ...ends, SESSIONS].join('\n');
  if (example.startsWith('- id:'))
    return [...head, ...targets, 'steps:', indented('  '), ...ends].join('\n');
  return [...head, ...targets, example].join('\n');
}
