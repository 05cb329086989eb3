/** Splits a text at white space. Long lists of names are written as one text. */
export function words(text: string): string[] {
  return text.trim().split(/\s+/);
}

/** Returns the values of a table by word. Each key of the table is one or more words. */
export function byWord<Value>(table: Readonly<Record<string, Value>>): ReadonlyMap<string, Value> {
  return new Map(
    Object.entries(table).flatMap(([key, value]) =>
      words(key).map((word): [string, Value] => [word, value]),
    ),
  );
}
