/**
 * Returns the column names of a row constructor directly before `IN (` at the end of a text, if
 * any.
 */
export function columnsBefore(text: string): readonly string[] | undefined {
  const match = /\(([\w\s.,"]+)\)\s*(?:not\s+)?in\s*\(\s*$/i.exec(text);
  return match?.[1]
    ?.split(',')
    .map((name) => name.trim().split('.').at(-1)?.replaceAll('"', '').trim() ?? '');
}
