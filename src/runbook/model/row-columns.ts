import { NAME_QUOTES } from './engines.ts';
import type { Row } from './value.ts';

const QUOTE = NAME_QUOTES.join('');
const ROW_BEFORE_IN = new RegExp(`\\(([\\w\\s.,${QUOTE}]+)\\)\\s*(?:not\\s+)?in\\s*\\(\\s*$`, 'i');
const ANY_QUOTE = new RegExp(`[${QUOTE}]`, 'g');

/**
 * Returns the column names of a row constructor directly before `IN (` at the end of a text, if
 * any.
 */
export function columnsBefore(text: string): readonly string[] | undefined {
  const match = ROW_BEFORE_IN.exec(text);
  return match?.[1]
    ?.split(',')
    .map((name) => name.trim().split('.').at(-1)?.replace(ANY_QUOTE, '').trim() ?? '');
}

/** Returns a row without its volatile columns; all of it if it has no others. */
export function stablePart(row: Row, volatile: readonly string[]): Row {
  const kept = Object.entries(row).filter(([column]) => !volatile.includes(column));
  return kept.length === 0 ? row : Object.fromEntries(kept);
}
