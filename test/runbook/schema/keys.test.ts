import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { checkRunbook } from '#cli/library/load-runbook.ts';
import { formatDiagnostics } from '#runbook/diagnostic.ts';
import { runbookJsonSchema } from '#runbook/schema/runbook.ts';
import { STEP_SCHEMAS } from '#runbook/schema/step.ts';
import { plain } from '#runbook/yaml/document.ts';
import { readYaml } from '#runbook/yaml/located.ts';
import { OTHER } from '../../fixtures/survives.ts';

type Schema = {
  readonly [key: string]: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Schema>>;
};

const schema = runbookJsonSchema() as Schema;

/** Reads the JSON Schema back, as an editor does that knows nothing of this program. */
const asAnEditorReadsIt = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);

function documentOf(text: string): unknown {
  const { node } = readYaml({ file: 'x', text });
  if (node === undefined) throw new Error('this is not YAML');
  return plain(node);
}

const shipped = readFileSync(
  new URL('../../../runbooks/pool-exhausted.yaml', import.meta.url),
  'utf8',
);

const everything = readFileSync(new URL('../../fixtures/every-key.yaml', import.meta.url), 'utf8');

/** Every key of a schema with its own schema, by path. */
function keysOf(part: unknown, path = ''): readonly (readonly [string, Schema])[] {
  if (typeof part !== 'object' || part === null) return [];
  if (Array.isArray(part)) return part.flatMap((inner) => keysOf(inner, path));
  const { properties = {}, ...rest } = part as Schema;
  const own = Object.entries(properties).flatMap(([name, inner]) => [
    [`${path}.${name}`, inner] as const,
    ...keysOf(inner, `${path}.${name}`),
  ]);
  return [...own, ...Object.values(rest).flatMap((inner) => keysOf(inner, path))];
}

describe('the JSON Schema that editors use', () => {
  test('accepts a runbook with every key, which is valid', async () => {
    expect(asAnEditorReadsIt.safeParse(documentOf(everything)).error).toBeUndefined();
    const source = { file: 'every-key.yaml', text: everything };
    const checked = await checkRunbook(source, new Map([['other', OTHER]]));
    expect(formatDiagnostics(source, checked.ok ? checked.warnings : checked.diagnostics)).toBe('');
  });

  test('knows no key of a step that such a runbook does not have', () => {
    const keys = Object.values(STEP_SCHEMAS).flatMap(({ shape }) => Object.keys(shape));
    const missing = keys.filter((key) => !new RegExp(`\\b${key}:[ \\n]`).test(everything));
    expect(missing).toEqual([]);
  });

  test('accepts a shipped runbook', () => {
    expect(asAnEditorReadsIt.safeParse(documentOf(shipped)).error).toBeUndefined();
  });

  test.each([
    ['an unknown key', 'severity: high', 'severitty: high'],
    ['an unknown key of a step', 'phase: diagnose', 'phaze: diagnose'],
    ['a wrong value', 'outcome: escalated', 'outcome: given_up'],
    ['a wrong type', 'attempts: 2', 'attempts: many'],
    ['a duration that is none', 'wait: 5s', 'wait: a while'],
  ])('refuses %s', (_, right, wrong) => {
    expect(shipped).toContain(right);
    const changed = documentOf(shipped.replace(right, wrong));
    expect(asAnEditorReadsIt.safeParse(changed).success).toBe(false);
  });

  test('says of every key what it is for', () => {
    const silent = keysOf(schema).filter(([, { description = '' }]) => description.length < 10);
    expect(silent.map(([path]) => path)).toEqual([]);
  });

  test('knows every kind of step', () => {
    const kinds = new Set(keysOf(schema).map(([path]) => path.slice(1)));
    for (const kind of Object.keys(STEP_SCHEMAS)) expect(kinds).toContain(`steps.${kind}`);
  });

  test('names its own version, so that editors read it right', () => {
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  });
});
