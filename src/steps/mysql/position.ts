/** The maximum length of the text a server quotes from the position of a syntax error. */
const QUOTED_BYTES = 80;

/**
 * Returns the offset of a syntax error in a statement, from the text the server quotes
 * (`near '…' at line 2`); undefined if the statement does not contain it.
 */
export function syntaxErrorAt(message: string, statement: string): number | undefined {
  const found = /near '(.*)' at line (\d+)$/s.exec(message);
  if (found === null) return undefined;
  const [, near = '', line = '1'] = found;
  if (near === '') return statement.trimEnd().length;
  if (Buffer.byteLength(near) < QUOTED_BYTES && statement.endsWith(near))
    return statement.length - near.length;
  const lines = statement.split('\n').slice(0, Number(line) - 1);
  const lineStart = lines.join('\n').length + (lines.length > 0 ? 1 : 0);
  // The last character may be cut in half.
  const at = statement.indexOf(near.replace(/\ufffd$/, ''), lineStart);
  return at === -1 ? undefined : at;
}
