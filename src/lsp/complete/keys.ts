import type { Cursor, KeyPlace } from '../cursor.ts';
import { CURSOR } from '../cursor.ts';
import { type JsonSchema, schemasAt, summaryOf } from '../schema.ts';
import type { Completion } from './completion.ts';

/** Returns the keys that a mapping can still have, those that it needs first. */
export function completeKeys(
  cursor: Cursor,
  { path, mapping }: KeyPlace,
  schema: JsonSchema,
): readonly Completion[] {
  const schemas = schemasAt(schema, cursor.root, path).toSorted((a, b) => order(a) - order(b));
  const items = schemas.flatMap(({ properties = {} }) =>
    Object.entries(properties)
      .filter(([key]) => !isWritten(key, mapping))
      .map(([key, value]) => itemFor(key, value, rankOf(key, schemas), cursor)),
  );
  const first = new Map<string, Completion>();
  for (const item of items) if (!first.has(item.label)) first.set(item.label, item);
  return [...first.values()];
}

/** A template in place of what is written here is the exception. */
function order({ properties = {} }: JsonSchema): number {
  return Object.hasOwn(properties, 'use') ? 1 : 0;
}

/** A key that most alternatives need comes first. */
function rankOf(key: string, schemas: readonly JsonSchema[]): number {
  const needing = schemas.filter(({ required = [] }) => required.includes(key));
  return needing.length > schemas.length / 2 ? 0 : 1;
}

function itemFor(
  key: string,
  value: JsonSchema,
  rank: number,
  { word, hasColon }: Cursor,
): Completion {
  return {
    label: key,
    kind: 'key',
    detail: summaryOf(value),
    ...(value.description && { documentation: value.description }),
    insert: hasColon ? key : `${key}:${isInline(value) ? ' ' : ''}`,
    span: word,
    rank,
  };
}

/** The key that the cursor is in does not count, so that another can take its place. */
function isWritten(key: string, mapping: KeyPlace['mapping']): boolean {
  return [...mapping.entries.keys()].some((one) => one === key && !one.includes(CURSOR));
}

/** Returns whether the value can be on the line of its key. */
function isInline({ type, anyOf }: JsonSchema): boolean {
  return anyOf?.some(isInline) ?? (type !== 'object' && type !== 'array');
}
