/** A runbook's text and the name to show for it. */
export type Source = { readonly file: string; readonly text: string };

/** A stretch of a source, in UTF-16 offsets, end-exclusive. */
export type Span = { readonly start: number; readonly end: number };

/** A place in a source; both count from 1. */
export type Position = { readonly line: number; readonly column: number };

/** Returns the line and column of an offset. */
export function positionAt(source: Source, offset: number): Position {
  const at = Math.max(0, Math.min(offset, source.text.length));
  const before = source.text.slice(0, at);
  const lineStart = before.lastIndexOf('\n') + 1;
  let line = 1;
  for (let i = before.indexOf('\n'); i !== -1; i = before.indexOf('\n', i + 1)) line += 1;
  return { line, column: at - lineStart + 1 };
}

/** Returns the text of a line (from 1), without its line end. */
export function lineText(source: Source, line: number): string {
  return source.text.split('\n')[line - 1]?.replace(/\r$/, '') ?? '';
}
