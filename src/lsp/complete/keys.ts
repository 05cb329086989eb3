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
  const items = schemasAt(schema, cursor.root, path).flatMap((one) =>
    Object.entries(one.properties ?? {})
      .filter(([key]) => !isWritten(key, mapping))
      .map(([key, value]) => itemFor(key, value, one.required ?? [], cursor)),
  );
  return [...new Map(items.toReversed().map((item) => [item.label, item])).values()].toReversed();
}

function itemFor(
  key: string,
  value: JsonSchema,
  required: readonly string[],
  { word, hasColon }: Cursor,
): Completion {
  return {
    label: key,
    kind: 'key',
    detail: summaryOf(value),
    ...(value.description && { documentation: value.description }),
    insert: hasColon ? key : `${key}:${isInline(value) ? ' ' : ''}`,
    span: word,
    rank: required.includes(key) ? 0 : 1,
  };
}

/** The key that the cursor is in does not count, so that another can take its place. */
function isWritten(key: string, mapping: KeyPlace['mapping']): boolean {
  return [...mapping.entries.keys()].some((one) => one === key && !one.includes(CURSOR));
}

/** Tells whether the value can be on the line of its key. */
function isInline({ type, anyOf }: JsonSchema): boolean {
  return anyOf?.some(isInline) ?? (type !== 'object' && type !== 'array');
}
