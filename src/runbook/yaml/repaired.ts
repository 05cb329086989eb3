import * as z from 'zod/mini';

type Schema = z.core.$ZodType;
type Issue = z.core.$ZodIssue;

/** Keys that no other part of a document depends on: without them, the rest can be checked. */
const APART = new Set([
  ...['name', 'title', 'summary', 'why', 'impact', 'severity', 'symptoms', 'description'],
  ...['prevention', 'related', 'prerequisites', 'phase', 'max_visits', 'next', 'timeout', 'retry'],
  ...['confirm', 'ok_exit'],
]);

/**
 * Returns the value of a document without the parts that a schema refuses, so that the rest is
 * checked too; a missing text becomes an empty one. Undefined if the rest depends on those parts.
 */
export function repaired<S extends Schema>(
  schema: S,
  written: unknown,
  issues: readonly Issue[],
): z.infer<S> | undefined {
  if (!isMapping(written)) return undefined;
  const copy = structuredClone(written);
  const isRepaired = issues.every((issue) => repair(copy, issue));
  const parsed = isRepaired ? z.safeParse(schema, withTexts(schema, copy)) : undefined;
  return parsed?.success ? parsed.data : undefined;
}

function repair(document: Record<string, unknown>, issue: Issue): boolean {
  if (issue.code === 'unrecognized_keys') {
    // A probe without its name would only be reported once more.
    if (issue.path.at(-1) === 'probe') return false;
    const at = issue.path.reduce<unknown>(
      (inner, part) => (inner as Record<PropertyKey, unknown> | undefined)?.[part],
      document,
    );
    if (isMapping(at)) for (const key of issue.keys) delete at[key];
    return isMapping(at);
  }
  const [key] = issue.path;
  if (typeof key !== 'string' || !APART.has(key)) return false;
  delete document[key];
  return true;
}

/** Adds the required texts that are missing. */
function withTexts(schema: Schema, document: Record<string, unknown>): Record<string, unknown> {
  const parsed = z.safeParse(schema, document);
  const missing = (parsed.error?.issues ?? []).flatMap(({ path: [key, ...rest] }) =>
    rest.length === 0 && typeof key === 'string' && APART.has(key) && document[key] === undefined
      ? [key]
      : [],
  );
  return { ...document, ...Object.fromEntries(missing.map((key) => [key, ''])) };
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
