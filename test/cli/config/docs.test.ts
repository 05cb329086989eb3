import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { ConfigFile } from '#cli/config/files.ts';
import { readConfig } from '#cli/config/read.ts';
import { REFERENCE_KINDS } from '#cli/config/reference.ts';
import { configJsonSchema } from '#cli/config/schema.ts';
import { ConfigOperator } from '../../support/config-operator.ts';

const page = readFileSync(
  new URL('../../../docs/reference/configuration.md', import.meta.url),
  'utf8',
);

type Schema = {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly additionalProperties?: Schema | false;
  readonly anyOf?: readonly Schema[];
  readonly items?: Schema;
  readonly enum?: readonly string[];
};

/** The keys of config files by path, and the values each may have. */
function keysOf(schema: Schema, at = ''): readonly (readonly [string, readonly string[]])[] {
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, inner]) => {
    const path = at === '' ? name : `${at}.${name}`;
    return [[path, inner.enum ?? []] as const, ...keysOf(inner, path)];
  });
  const named = schema.additionalProperties || undefined;
  return [
    ...own,
    ...(schema.anyOf ?? []).flatMap((inner) => keysOf(inner, at)),
    ...(schema.items === undefined || at !== 'runbooks' ? [] : keysOf(schema.items, at)),
    ...(named === undefined ? [] : keysOf(named, `${at}.NAME`)),
  ];
}

/** How a value is written is described with the inputs. */
const keys = keysOf(configJsonSchema() as Schema).filter(
  ([key]) => !/\.(?:database|reserve)\.\w+$/.test(key) && !/^(?:defaults|bases)\./.test(key),
);

function rowsUnder(heading: string): readonly (readonly string[])[] {
  const section = page.split(`## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';
  return section
    .split('\n')
    .filter((line) => line.startsWith('| `'))
    .map((line) =>
      line
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

test('defaults and bases have the keys of an environment', () => {
  const all = keysOf(configJsonSchema() as Schema).map(([key]) => key);
  const under = (prefix: string) =>
    all.flatMap((key) => (key.startsWith(prefix) ? [key.slice(prefix.length)] : [])).toSorted();
  const ofEnvironment = under('environments.NAME.');
  const ofBase = ofEnvironment.filter((key) => !/^parts/.test(key));
  expect(under('bases.NAME.')).toEqual(ofBase);
  expect(under('defaults.')).toEqual(ofBase.filter((key) => !/^extends/.test(key)));
});

describe('the page about configuration', () => {
  test('has every key of the schema, and no other, with the values it may have', () => {
    const rows = new Map(
      rowsUnder('Every key').map(([key = '', , meaning = '']) => [
        key.replaceAll('`', ''),
        meaning,
      ]),
    );
    expect([...rows.keys()].toSorted()).toEqual(keys.map(([key]) => key).toSorted());
    for (const [key, values] of keys)
      for (const value of values) expect(rows.get(key)).toContain(`\`${value}\``);
  });

  test('has every way to write a value', () => {
    const written = rowsUnder('Values').map(([cell = '']) => cell);
    for (const kind of REFERENCE_KINDS)
      expect(written.filter((cell) => cell.startsWith(`\`${kind}:`))).toHaveLength(1);
  });

  test('has examples that are valid', async () => {
    const examples = [...page.matchAll(/^```yaml\n(.*?)^```/gms)].map(([, text = '']) => text);
    expect(examples.length).toBeGreaterThan(2);
    const [servers = '', ...others] = examples.filter((text) =>
      text.includes('url: https://runbook'),
    );
    expect(others).toEqual([]);
    const kim = new ConfigOperator();
    kim.write('.config/runbook/servers.yaml', servers);
    const { stderr } = await kim.run(['runs', '--on', 'another']);
    expect(stderr).toContain('configured: team;');
    for (const text of examples.filter((example) => example !== servers)) {
      const source = { file: 'config.yaml', text };
      const file: ConfigFile = { kind: 'user', path: '/config.yaml', source, mode: 0o600 };
      expect(readConfig(file).problems).toEqual([]);
    }
  });
});

test('runbook schema --config prints the JSON Schema of config files', async () => {
  const { stdout, code } = await new ConfigOperator().run(['schema', '--config']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual(configJsonSchema());
});
