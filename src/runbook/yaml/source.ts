/**
 * A runbook's text and its display name. The library files that it uses follow in the same text, each
 * after a line that names it, so that a runbook is one text wherever it is kept, hashed or sent.
 */
export type Source = { readonly file: string; readonly text: string };

/** A range of a source, in UTF-16 offsets, end-exclusive. */
export type Span = { readonly start: number; readonly end: number };

/** A place in a file of a source; line and column count from 1. */
type Position = { readonly file: string; readonly line: number; readonly column: number };

/** One file of a source: the runbook, or a library file, which has a name. */
export type SourcePart = {
  readonly name: string | undefined;
  readonly file: string;
  readonly span: Span;
};

// A document marker ends every YAML value, block texts too: no runbook holds this line by accident.
const PART = /^--- # lib\/([a-z][a-z0-9_-]*)\.yaml\r?\n/gm;

/** Returns the text of a source with a library file added to it. */
export function withPart(text: string, name: string, library: string): string {
  return `${text}${text.endsWith('\n') ? '' : '\n'}--- # ${libraryFile(name)}\n${library}`;
}

/** Returns the path of a library file, from the folder of the runbooks that use it. */
export function libraryFile(name: string): string {
  return `lib/${name}.yaml`;
}

/** Returns where a file has its library files: in `lib` beside it, or beside it if it is there itself. */
export function libraryPath(file: string, name: string): string {
  const folder = /^(?:.*[\\/])?/.exec(file)?.[0] ?? '';
  const isThere = /(?:^|[\\/])lib[\\/]$/.test(folder);
  return `${folder}${isThere ? `${name}.yaml` : libraryFile(name)}`;
}

const PARTS = new WeakMap<Source, readonly SourcePart[]>();

/** Returns the files of a source, the runbook first. */
export function partsOf(source: Source): readonly SourcePart[] {
  const known = PARTS.get(source);
  if (known !== undefined) return known;
  const { file, text } = source;
  const marks = [...text.matchAll(PART)];
  const parts = [undefined, ...marks].map((mark, index): SourcePart => {
    const start = mark === undefined ? 0 : mark.index + mark[0].length;
    const end = marks[index]?.index ?? text.length;
    const name = mark?.[1];
    return name === undefined
      ? { name, file, span: { start, end } }
      : { name, file: libraryPath(file, name), span: { start, end } };
  });
  PARTS.set(source, parts);
  return parts;
}

/** Returns the text of the runbook's own file. */
export function ownText(source: Source): string {
  return source.text.slice(0, partsOf(source)[0]?.span.end);
}

/** Returns the file of a source that an offset is in. */
export function partAt(source: Source, offset: number): SourcePart {
  const parts = partsOf(source);
  const found = parts.findLast(({ span }) => span.start <= offset);
  return found ?? { name: undefined, file: source.file, span: { start: 0, end: 0 } };
}

/** The offsets of the lines of a source, cached: one text may have many problems to locate. */
const LINE_STARTS = new WeakMap<Source, readonly number[]>();

/** Returns the file, line and column of an offset. */
export function positionAt(source: Source, offset: number): Position {
  const at = Math.max(0, Math.min(offset, source.text.length));
  const starts = lineStarts(source);
  const { file, span } = partAt(source, at);
  const line = lineOf(starts, at);
  return {
    file,
    line: line - lineOf(starts, span.start) + 1,
    column: at - (starts[line] ?? 0) + 1,
  };
}

/** Returns the line of an offset for messages: `line 31`, or `lib/sessions.yaml:31` elsewhere. */
export function lineName(source: Source, offset: number): string {
  const { line } = positionAt(source, offset);
  const { name } = partAt(source, offset);
  return name === undefined ? `line ${line}` : `${libraryFile(name)}:${line}`;
}

/** Returns the index of the line that an offset is in. */
function lineOf(starts: readonly number[], at: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= at) low = middle;
    else high = middle;
  }
  return low;
}

/** Returns the text of the line that an offset is in, without its line end. */
export function lineAt(source: Source, offset: number): string {
  const starts = lineStarts(source);
  const line = lineOf(starts, Math.max(0, Math.min(offset, source.text.length)));
  return source.text.slice(starts[line], starts[line + 1]).replace(/\r?\n$/, '');
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

/** From `at` in a text on, each character is the one after the character before it in the file. */
export type OffsetRun = { readonly at: number; readonly source: number };

/** Returns the place in the runbook file of an offset in a template's text. */
export function offsetInFile(
  { origin, span }: { readonly origin: readonly OffsetRun[]; readonly span: Span },
  offset: number,
): number {
  const run = origin.findLast(({ at }) => at <= offset);
  return run === undefined ? span.start : run.source + offset - run.at;
}
