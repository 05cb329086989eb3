import { runbookJsonSchema } from './runbook.ts';
import { BRANCH_SCHEMAS, STEP_SCHEMAS } from './step.ts';

type Schema = { readonly [key: string]: unknown };

/**
 * Returns the JSON Schema of runbooks in the shape that suits editors best: the key of a step
 * selects its kind, so that problems refer to that kind and not to the first alternative. It
 * accepts the same documents as {@link runbookJsonSchema}.
 */
export function editorSchema(): Schema {
  const schema = runbookJsonSchema();
  const { properties } = schema as { readonly properties: Readonly<Record<string, Schema>> };
  const { steps, finally: last, ...head } = properties;
  const kinds = unionOf(steps).map(withBranches);
  const items = decidedByKey(kinds, ['use', ...Object.keys(STEP_SCHEMAS)]);
  const same = { $ref: '#/properties/steps/items' };
  return withOffersApart({
    ...schema,
    properties: { ...head, steps: { ...steps, items }, finally: { ...last, items: same } },
  }) as Schema;
}

/**
 * Says which keys are required, and how many there can be, apart from the keys themselves. Beside them,
 * editors offer an item "object" for the required ones, and none at all where one key is the most.
 */
function withOffersApart(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withOffersApart);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, part]) => [key, withOffersApart(part)] as const);
  const isMapping = 'properties' in value && 'type' in value;
  const limits = entries.filter(([key]) => isMapping && LIMITS.has(key));
  if (limits.length === 0) return Object.fromEntries(entries);
  const others = entries.filter(([key]) => !LIMITS.has(key));
  return { ...Object.fromEntries(others), allOf: [Object.fromEntries(limits)] };
}

const LIMITS: ReadonlySet<string> = new Set(['required', 'minProperties', 'maxProperties']);

function withBranches(kind: Schema): Schema {
  const properties = propertiesOf(kind);
  const { parallel } = properties;
  if (parallel === undefined || !isKind(kind, 'parallel')) return kind;
  const items = decidedByKey(unionOf(parallel), ['use', ...Object.keys(BRANCH_SCHEMAS)]);
  return { ...kind, properties: { ...properties, parallel: { ...parallel, items } } };
}

/** A mapping with none of the keys is offered all of them, with the message that it needs one. */
function decidedByKey(schemas: readonly Schema[], kinds: readonly string[]): Schema {
  const properties = Object.assign({}, ...schemas.toReversed().map(propertiesOf)) as Schema;
  // No mapping equals this text. Editors show the message of only this and few other failures.
  const message = `This does nothing yet: it needs one of ${kinds.join(', ')}`;
  const undecided: Schema = { type: 'object', properties, const: message, errorMessage: message };
  return kinds.reduceRight<Schema>((otherwise, kind) => {
    const schema = schemas.find((candidate) => isKind(candidate, kind));
    // biome-ignore lint/suspicious/noThenProperty: JSON Schema defines it
    return { if: { required: [kind] }, then: schema ?? false, else: otherwise };
  }, undecided);
}

function isKind({ required }: Schema, kind: string): boolean {
  return Array.isArray(required) && required.includes(kind);
}

function unionOf(list: Schema | undefined): readonly Schema[] {
  const { anyOf } = (list?.items ?? {}) as { readonly anyOf?: readonly Schema[] };
  return anyOf ?? [];
}

function propertiesOf({ properties }: Schema): Readonly<Record<string, Schema>> {
  return (properties ?? {}) as Readonly<Record<string, Schema>>;
}
