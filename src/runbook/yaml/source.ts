/** A runbook's text and its display name. */
export type Source = { readonly file: string; readonly text: string };

/** A range of a source, in UTF-16 offsets, end-exclusive. */
export type Span = { readonly start: number; readonly end: number };

/** A place in a source; both count from 1. */
type Position = { readonly line: number; readonly column: number };

/** The offsets of the lines of a source, cached: one text may have many problems to locate. */
const LINE_STARTS = new WeakMap<Source, readonly number[]>();

/** Returns the line and column of an offset. */
export function positionAt(source: Source, offset: number): Position {
  const at = Math.max(0, Math.min(offset, source.text.length));
  const starts = lineStarts(source);
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: at - (starts[low] ?? 0) + 1 };
}

/** Returns the text of a line (from 1), without its line end. */
export function lineText(source: Source, line: number): string {
  const starts = lineStarts(source);
  return source.text
    .slice(starts[line - 1] ?? source.text.length, starts[line])
    .replace(/\r?\n$/, '');
}

function lineStarts(source: Source): readonly number[] {
  const known = LINE_STARTS.get(source);
  if (known !== undefined) return known;
  const starts = [0];
  for (let at = source.text.indexOf('\n'); at !== -1; at = source.text.indexOf('\n', at + 1))
    starts.push(at + 1);
  LINE_STARTS.set(source, starts);
  return starts;
}
