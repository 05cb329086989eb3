/** Made when first needed: Node takes 30 ms each to load what these two rest on. */
const segmenter = once(() => new Intl.Segmenter(undefined, { granularity: 'grapheme' }));
const emoji = once(() => /^\p{RGI_Emoji}$/v);
/** What takes one column a code unit: Latin, and the signs and lines that screens are drawn with. */
const NARROW =
  /^[\u0020-\u007e\u00a1-\u00ac\u00ae-\u02ff\u2010-\u2027\u2190-\u21ff\u2205\u2298\u23ce\u2400-\u2426\u2500-\u25fc\u2713\u2717\u270e]*$/;
const WIDE =
  /^(?![\uff61-\uffdc])[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Bopomofo}\p{Emoji_Presentation}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6]/u;
/** In code units, with all that is combined in it. */
const LONGEST_CHARACTER = 64;
const INVISIBLE = /^[\p{Mark}\p{Default_Ignorable_Code_Point}\p{Control}]+$/u;

/** Returns the characters of a text as people see them, combined ones whole. */
export function charactersOf(text: string): readonly string[] {
  if (NARROW.test(text)) return text.split('');
  return Array.from(segmenter().segment(text), ({ segment }) => segment);
}

/** Returns how many terminal columns a text on one line takes. */
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

/** Returns the start of a text that fits the width, with `…` as its last column when something is cut. */
export function cutTo(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width <= 0 ? '' : `${startWithin(text, width - 1)}…`;
}

/** Returns a text cut or filled with spaces to exactly the width. */
export function padTo(text: string, width: number, align: 'left' | 'right' = 'left'): string {
  const cut = cutTo(text, width);
  const fill = ' '.repeat(Math.max(0, width - widthOf(cut)));
  return align === 'left' ? cut + fill : fill + cut;
}

/** Returns the lines of a text broken at spaces, and inside words that are longer than a line. */
export function wrapTo(text: string, width: number): readonly string[] {
  return text.split('\n').flatMap((line) => wrapLine(line, Math.max(1, width)));
}

/**
 * Returns the lines of a script or statement broken like {@link wrapTo}; what continues a line stands
 * four columns further in than the line it continues.
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
    // An indent is no place to break: the line would be empty.
    const cut = space > 0 && fits.slice(0, space).trim() !== '' ? space : fits.length;
    lines.push(rest.slice(0, cut).trimEnd());
    at += cut;
    while (at < line.length && line.charAt(at).trim() === '') at += 1;
  }
}

/**
 * Returns enough of a line from a place on to be wider than the width, or `undefined` when all of it
 * fits. Measuring the whole rest for every line it is broken into would take minutes for a megabyte.
 */
function moreThan(line: string, at: number, width: number): string | undefined {
  // Where the part ends, a character may be cut in two, and be narrower or wider than it is.
  for (let length = 2 * width + LONGEST_CHARACTER; at + length < line.length; length *= 2) {
    const part = line.slice(at, at + length);
    if (startWithin(part, width).length <= length - LONGEST_CHARACTER) return part;
  }
  const rest = line.slice(at);
  return widthOf(rest) > width ? rest : undefined;
}

/** Splits at a column; the first part is never empty, so that splitting comes to an end. */
function splitAt(text: string, width: number): readonly [string, string] {
  const end = startWithin(text, width).length || (charactersOf(text)[0]?.length ?? 0);
  return [text.slice(0, end), text.slice(end)];
}

/** Returns as much of the start of a text as fits, perhaps nothing. */
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
