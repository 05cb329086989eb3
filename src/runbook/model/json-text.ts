import type { Value } from './value.ts';

/** Returns a value as JSON on one line; integers beyond the range of JSON become texts. */
export function jsonText(value: Value): string {
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner));
}
