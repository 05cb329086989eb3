/**
 * Returns the end of the quoted stretch of an SQL text that begins at `open`; undefined if it has
 * none. A doubled quote stands for itself, and with `escapes` so does one after a backslash.
 */
export function endOfQuoted(sql: string, open: number, escapes: boolean): number | undefined {
  const quote = sql[open];
  for (let at = open + 1; at < sql.length; at += 1) {
    if (escapes && sql[at] === '\\') at += 1;
    else if (sql[at] === quote) {
      if (sql[at + 1] !== quote) return at + 1;
      at += 1;
    }
  }
  return undefined;
}
