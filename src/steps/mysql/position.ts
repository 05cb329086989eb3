/** A server quotes no more than this of a statement, from where it stopped understanding it. */
const QUOTED_BYTES = 80;

/**
 * Returns the offset in a statement at which the server stopped understanding it, from the text it
 * quotes (`near '…' at line 2`); undefined when it quotes nothing that is there.
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
  // The last character may have been cut in two.
  const at = statement.indexOf(near.replace(/\ufffd$/, ''), lineStart);
  return at === -1 ? undefined : at;
}
