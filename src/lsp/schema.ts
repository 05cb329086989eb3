import { runbookJsonSchema } from '#runbook/schema/runbook.ts';
import { nodeAt } from '#runbook/yaml/document.ts';
import type { LocatedNode } from '#runbook/yaml/located.ts';
import type { Path } from './cursor.ts';

/** The parts of a JSON Schema that say what can be written at a place. */
export type JsonSchema = {
  readonly type?: string;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
};

let runbooks: JsonSchema | undefined;

/** Returns the schema of runbooks. */
export function runbookSchema(): JsonSchema {
  runbooks ??= withoutReferences(runbookJsonSchema());
  return runbooks;
}

/** Returns a JSON Schema with each `$ref` to its `$defs` replaced by what it stands for. */
export function withoutReferences(schema: Readonly<Record<string, unknown>>): JsonSchema {
  const { $defs = {}, ...whole } = schema;
  const definitions = $defs as Readonly<Record<string, unknown>>;
  const resolved = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(resolved);
    if (typeof value !== 'object' || value === null) return value;
    const { $ref, ...rest } = value as Readonly<Record<string, unknown>>;
    const name = typeof $ref === 'string' ? $ref.replace('#/$defs/', '') : undefined;
    const parts = Object.entries(rest).map(([key, part]) => [key, resolved(part)] as const);
    const own = Object.fromEntries(parts);
    return name === undefined ? own : { ...(resolved(definitions[name]) as object), ...own };
  };
  return resolved(whole) as JsonSchema;
}

/**
 * Returns the schemas that the value at a path of a document can have: of several alternatives, those
 * that fit the keys already written.
 */
export function schemasAt(
  schema: JsonSchema,
  root: LocatedNode | undefined,
  path: Path,
): readonly JsonSchema[] {
  let schemas = fitting(alternatives(schema), root);
  for (const [index, part] of path.entries()) {
    const inner = schemas.flatMap((one) => partOf(one, part) ?? []);
    const at = root && nodeAt(root, path.slice(0, index + 1));
    schemas = fitting(inner.flatMap(alternatives), at);
  }
  return schemas;
}

/** Returns the descriptions of the value at a path, each once. */
export function descriptionsAt(
  schema: JsonSchema,
  root: LocatedNode | undefined,
  path: Path,
): readonly string[] {
  const key = path.at(-1);
  if (key === undefined) return [];
  const parents = schemasAt(schema, root, path.slice(0, -1));
  const found = parents.flatMap((one) => partOf(one, key)?.description ?? []);
  return [...new Set(found)];
}

/** Returns what a schema accepts, in a few words. */
export function summaryOf(schema: JsonSchema): string {
  const kinds = alternatives(schema).map((one) => {
    if (one.enum !== undefined) return one.enum.join(' | ');
    if (one.const !== undefined) return String(one.const);
    return TYPES[one.type ?? ''] ?? 'any value';
  });
  return [...new Set(kinds)].join(' or ');
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  array: 'list',
  object: 'mapping',
};

/** Returns the alternatives of a union, each with a description, or a schema itself. */
function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  const { anyOf, description } = schema;
  if (anyOf === undefined) return [schema];
  return anyOf
    .flatMap(alternatives)
    .map((one) => ({ ...(description && { description }), ...one }));
}

function partOf(schema: JsonSchema, part: string | number): JsonSchema | undefined {
  if (typeof part === 'number') return schema.items;
  const { properties = {}, additionalProperties } = schema;
  if (Object.hasOwn(properties, part)) return properties[part];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

function fitting(
  schemas: readonly JsonSchema[],
  node: LocatedNode | undefined,
): readonly JsonSchema[] {
  if (node === undefined || node.kind === 'scalar') return schemas;
  if (node.kind === 'sequence') return schemas.filter(({ type }) => type === 'array');
  const ranked = schemas
    .filter(({ type }) => type === 'object')
    .map((one) => {
      const { properties = {} } = one;
      return {
        one,
        keys: [...node.entries.keys()].filter((key) => Object.hasOwn(properties, key)),
      };
    });
  const most = Math.max(0, ...ranked.map(({ keys }) => keys.length));
  return ranked.filter(({ keys }) => keys.length === most).map(({ one }) => one);
}
