/** Returns a count with its noun in agreement: `1 row`, `12 rows`, `2 branches`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

/** Returns the form of a verb that agrees with a count: `is` or `are`. */
export function agreeing(count: number, singular: string, plural: string): string {
  return count === 1 ? singular : plural;
}

/** Returns words as a list in a sentence: `low, medium, high or critical`. */
export function listed(words: readonly string[], conjunction: 'or' | 'and' = 'or'): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} ${conjunction} ${last}`;
}
