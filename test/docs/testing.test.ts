import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { ANSWER_SCHEMAS, casesJsonSchema } from '#rehearsal/cases/schema.ts';
import { ACTION_MOCKS } from '#rehearsal/mocks/by-kind.ts';
import { plain } from '#runbook/yaml/document.ts';
import { readYaml } from '#runbook/yaml/located.ts';
import { parsed } from '../fixtures/compiled.ts';
import { failuresOf, rehearsed } from '../fixtures/rehearsed.ts';

const page = readFileSync(new URL('../../docs/author/testing.md', import.meta.url), 'utf8');
const language = readFileSync(new URL('../../docs/author/language.md', import.meta.url), 'utf8');

function firstBlock(text: string, beginning: string): string {
  const blocks = [...text.matchAll(/^```yaml\n(.*?)^```$/gms)].map(([, block = '']) => block);
  return blocks.find((block) => block.includes(beginning)) ?? '';
}

const runbook = parsed(firstBlock(language, 'name: stuck-orders'));
const cases = firstBlock(page, 'database_url: postgres://');

/** The names in the first column of the tables of a section. */
function namesUnder(heading: string): readonly string[] {
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return [...section.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([a-z_]+)/g)].map(([, name = '']) => name),
  );
}

type Schema = {
  readonly $ref?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly items?: Schema;
  readonly $defs?: Readonly<Record<string, Schema>>;
};

const schema = casesJsonSchema() as Schema;

/** A part of the schema, where it is written once for several places. */
function resolved(part: Schema | undefined): Schema {
  const name = part?.$ref?.split('/').at(-1);
  return (name === undefined ? part : schema.$defs?.[name]) ?? {};
}

const ofCase = resolved(resolved(schema.properties?.cases).items).properties ?? {};

describe('the page about tests', () => {
  test('begins with cases that pass, and says truly how much they cover', () => {
    const { results, coverage } = rehearsed(runbook, cases);
    expect(results.flatMap(({ failures }) => failures)).toEqual([]);
    expect(page).toContain(`2 cases, ${coverage.percent} % of ${coverage.branches} branches taken`);
  });

  test('shows what is really said where a result is missing, and where a run goes another way', () => {
    const without = cases.replace(/^ {4}steps:\n {6}count: .*\n(?: {6}.*\n| {8}.*\n)*/m, '');
    expect(failuresOf(runbook, without)).toContain('count ran, and the case has no result for it');
    expect(page).toContain('count ran, and the case has no result for it');
    const astray = failuresOf(runbook, cases.replace('waiting: 40', 'waiting: 4'));
    const [shown = ''] = /^ {4}expected {2}.*?where inputs\.least = 10$/ms.exec(page) ?? [];
    expect(astray).toContain(shown.replaceAll(/^ {4}/gm, ''));
  });

  test('has every answer, and every key of an expectation and of a result', () => {
    expect(namesUnder('Answers').toSorted()).toEqual(Object.keys(ANSWER_SCHEMAS).toSorted());
    expect(namesUnder('Expectations')).toEqual(
      Object.keys(resolved(ofCase.expect).properties ?? {}),
    );
    const documented = page.split('## Results')[1]?.split('## Answers')[0] ?? '';
    for (const { schema: one } of Object.values(ACTION_MOCKS))
      for (const key of Object.keys(one.shape)) expect(documented).toContain(key);
  });

  test('has every key of a file and of a case', () => {
    const names = namesUnder('The first case');
    expect(names.toSorted()).toEqual(
      [...Object.keys(schema.properties ?? {}), ...Object.keys(ofCase)].toSorted(),
    );
  });
});

describe('the JSON Schema of test files', () => {
  test('says of every key what it is for', () => {
    const silent: string[] = [];
    const visit = (part: unknown, path: string): void => {
      if (typeof part !== 'object' || part === null) return;
      const { properties = {}, ...rest } = part as Schema;
      for (const [name, inner] of Object.entries(properties)) {
        const { description = '' } = { ...resolved(inner), ...inner };
        if (description.length < 8) silent.push(`${path}.${name}`);
        visit(inner, `${path}.${name}`);
      }
      for (const inner of Object.values(rest)) visit(inner, path);
    };
    visit(schema, '');
    expect(silent).toEqual([]);
  });

  const asAnEditorReadsIt = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);

  test.each([
    ['nothing wrong', '', '', true],
    ['an unknown key of a case', 'answers:', 'anwsers:', false],
    ['something an operator cannot do', '- confirm:', '- confrim:', false],
    ['an outcome that there is not', 'outcome: resolved', 'outcome: solved', false],
  ])('finds %s', (_, right, wrong, isRight) => {
    expect(cases).toContain(right);
    const { node } = readYaml({ file: 'x', text: cases.replace(right, wrong) });
    const read = asAnEditorReadsIt.safeParse(node === undefined ? undefined : plain(node));
    expect(read.success).toBe(isRight);
  });
});
