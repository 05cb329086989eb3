import type { Json, Value } from '#runbook/model/value.ts';

/** Returns a value as a journal can hold it: integers beyond JSON's become text. */
export function jsonOf(value: Value): Json {
  if (typeof value === 'bigint') return String(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(jsonOf);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, jsonOf(inner)]));
}
