import type { Json, Value } from '#runbook/model/value.ts';

/** Converts a value to JSON for the journal. Integers beyond JSON's range become text. */
export function jsonOf(value: Value): Json {
  if (typeof value === 'bigint') return String(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(jsonOf);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, jsonOf(inner)]));
}
