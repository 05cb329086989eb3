/** Created on first use: Node takes 30 ms each to load the data behind these two. */
const segmenter = once(() => new Intl.Segmenter(undefined, { granularity: 'grapheme' }));
const emoji = once(() => /^\p{RGI_Emoji}$/v);
/** Text of one column per code unit: Latin, and the signs and lines that screens are drawn with. */
const NARROW =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2205\u2298\u23ce\u2400-\u2426\u2500-\u25fc\u2713\u2717\u270e]*$/;
const WIDE =
  /^(?![\uff61-\uffdc])[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;
/** The maximum length of a grapheme, in code units, with its combining characters. */
const LONGEST_CHARACTER = 64;
const INVISIBLE = /^[\p{Mark}\p{Default_Ignorable_Code_Point}\p{Control}]+$/u;

/** Returns the graphemes of a text. */
export function charactersOf(text: string): readonly string[] {
  if (NARROW.test(text)) return text.split('');
  return Array.from(segmenter().segment(text), ({ segment }) => segment);
}

/** Returns the display width of a text on one line, in terminal columns. */
export function widthOf(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const { segment } of segmenter().segment(text)) width += characterWidth(segment);
  return width;
}

function characterWidth(character: string): number {
  if (NARROW.test(character)) return 1;
  if (emoji().test(character) || WIDE.test(character)) return 2;
  return INVISIBLE.test(character) ? 0 : 1;
}

/**
 * Truncates a text to a width, in terminal columns, with `…` as the last column if anything is cut.
 */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width <= 0 ? '' : `${startWithin(text, width - 1)}…`;
}

/** Truncates or pads a text with spaces to exactly a width, in terminal columns. */
export function padTo(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const cut = cutTo(text, width);
  const fill = ' '.repeat(Math.max(0, width - widthOf(cut)));
  return align === 'left' ? cut + fill : fill + cut;
}

/** Wraps a text at spaces, and inside words that are longer than a line. */
export function wrapTo(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, Math.max(1, width)));
}

/**
 * Wraps a script or statement like {@link wrapTo}. Continuation lines are indented by four more
 * columns than the line they continue, or by two in all if the indent would exceed half of the
 * width.
 */
export function wrapCode(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((line) => {
    const indent = /^ */.exec(line)?.[0] ?? '';
    const hang = indent.length + 4 > width / 2 ? '  ' : `${indent}    `;
    const [first = '', ...rest] = wrapLine(line, Math.max(1, width));
    if (rest.length === 0) return [first];
    const over = line.slice(first.length).trimStart();
    return [first, ...wrapLine(over, Math.max(1, width - hang.length)).map((part) => hang + part)];
  });
}

function wrapLine(line: string, width: number): readonly string[] {
  const lines: string[] = [];
  let at = 0;
  for (;;) {
    const rest = moreThan(line, at, width);
    if (rest === undefined) return [...lines, line.slice(at)];
    const [fits, over] = splitAt(rest, width);
    const space = over.startsWith(' ') ? fits.length : fits.lastIndexOf(' ');
    // Breaking inside the indent would leave an empty line.
    const cut = space > 0 && fits.slice(0, space).trim() !== '' ? space : fits.length;
    lines.push(rest.slice(0, cut).trimEnd());
    at += cut;
    while (at < line.length && line.charAt(at).trim() === '') at += 1;
  }
}

/**
 * Returns enough of a line from an offset on to exceed the width, or undefined if the rest fits.
 * Measuring the whole rest for every wrapped line would take minutes for a megabyte.
 */
function moreThan(line: string, at: number, width: number): string | undefined {
  // The part may end inside a grapheme and change its width.
  for (let length = 2 * width + LONGEST_CHARACTER; at + length < line.length; length *= 2) {
    const part = line.slice(at, at + length);
    if (startWithin(part, width).length <= length - LONGEST_CHARACTER) return part;
  }
  const rest = line.slice(at);
  return widthOf(rest) > width ? rest : undefined;
}

/** Splits at a column. The first part is never empty, so repeated splitting terminates. */
function splitAt(text: string, width: number): readonly [string, string] {
  const end = startWithin(text, width).length || (charactersOf(text)[0]?.length ?? 0);
  return [text.slice(0, end), text.slice(end)];
}

/** Returns the longest start of a text that fits the width, possibly empty. */
export function startWithin(text: string, width: number): string {
  if (NARROW.test(text)) return text.slice(0, Math.max(0, width));
  let end = 0;
  let used = 0;
  for (const { segment, index } of segmenter().segment(text)) {
    used += characterWidth(segment);
    if (used > width) break;
    end = index + segment.length;
  }
  return text.slice(0, end);
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** A clause ends before these. */
const CLAUSE_END = /[.;:,] | \(/g;

/**
 * Truncates a sentence to a display width: after the last whole clause that fills at least a third of
 * it, else after a word. Marks the end with `…`.
 */
export function headWithin(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const start = startWithin(text, width - 1);
  const ends = Array.from(start.matchAll(CLAUSE_END), ({ index }) => index);
  const end = ends.findLast((index) => index * 3 >= start.length) ?? start.lastIndexOf(' ');
  return end * 3 < start.length ? cutTo(text, width) : `${start.slice(0, end)}…`;
}
