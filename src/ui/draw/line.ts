import { harmless, harmlessLine } from '#text/harmless.ts';
import { TERMINAL, type TerminalLook } from '#text/theme.ts';
import { charactersOf, cutTo, padTo, startWithin, widthOf, wrapTo } from '#text/width.ts';

/** The look of a piece of text; green, which cannot be read everywhere, is for signs beside words. */
export type Style = TerminalLook & { readonly inverse?: boolean };

/** A piece of sanitized text in one style, on one line. */
export type Span = Style & { readonly text: string };

/** One line of the screen. */
export type Line = readonly Span[];

/** An empty line. */
export const BLANK: Line = [];

/** The style of secondary text. */
export const DIM: Style = TERMINAL.muted;
/** The style of emphasized text. */
export const BOLD: Style = TERMINAL.strong;
/** The style of keys and transitions. */
export const ACCENT: Style = TERMINAL.accent;
/** The style of success. */
export const GOOD: Style = TERMINAL.success;
/** The style of warnings. */
export const WARN: Style = TERMINAL.warning;
/** The style of failures and destructive actions. */
export const BAD: Style = TERMINAL.danger;

/** Creates a span. Sanitizes the text, so that the terminal only prints it. */
export function span(text: string, style: Style = {}): Span {
  return { ...style, text: harmlessLine(text) };
}

/** Creates a line in one style. */
export function line(text: string, style: Style = {}): Line {
  return [span(text, style)];
}

/** Wraps a text at `width` and indents each line. */
export function wrapped(
  text: string,
  width: number,
  style: Style = {},
  indent = '',
): readonly Line[] {
  return wrapTo(harmless(text), width - widthOf(indent)).map((part) => line(indent + part, style));
}

/** Wraps a text after a mark; its lines are aligned after it. */
export function bulleted(mark: Span, text: string, width: number): readonly Line[] {
  const indent = widthOf(mark.text);
  return wrapped(text, width - indent).map((part, index) => [
    index === 0 ? mark : span(' '.repeat(indent)),
    ...part,
  ]);
}

/** Returns the width of a line in columns. */
export function lineWidth(spans: Line): number {
  return spans.reduce((sum, { text }) => sum + widthOf(text), 0);
}

/** Returns the text of a line. */
export function lineText(spans: Line): string {
  return spans.map(({ text }) => text).join('');
}

/** Truncates a line to the width, with `…` at the cut. */
export function cutLine(spans: Line, width: number): Line {
  if (lineWidth(spans) <= width) return spans;
  const kept: Span[] = [];
  let room = width;
  for (const piece of spans) {
    const used = widthOf(piece.text);
    if (used >= room) {
      // `padTo` marks the cut even if this piece alone would fit.
      kept.push({
        ...piece,
        text: used === room ? cutTo(`${piece.text} `, room) : cutTo(piece.text, room),
      });
      break;
    }
    kept.push(piece);
    room -= used;
  }
  return kept;
}

/** Returns a line without its first columns; a wide character cut in two leaves a space. */
export function fromColumn(spans: Line, columns: number): Line {
  let left = columns;
  return spans.flatMap((piece): readonly Span[] => {
    if (left <= 0) return [piece];
    const hidden = startWithin(piece.text, left);
    const isWhole = hidden.length === piece.text.length;
    const used = widthOf(hidden);
    const isCut = used < left && !isWhole;
    left -= isWhole ? used : left;
    if (isWhole) return [];
    const [first = '', ...rest] = charactersOf(piece.text.slice(hidden.length));
    return [{ ...piece, text: (isCut ? ' ' : first) + rest.join('') }];
  });
}

/** Truncates or pads a line to exactly the width. */
export function fillLine(spans: Line, width: number): Line {
  const cut = cutLine(spans, width);
  const missing = width - lineWidth(cut);
  return missing > 0 ? [...cut, { text: ' '.repeat(missing) }] : cut;
}

/** Returns a line with one part at each end; the left one is truncated first. */
export function spread(left: Line, right: Line, width: number): Line {
  const room = width - lineWidth(right);
  return room < 4 ? cutLine(left, width) : [...fillLine(left, room - 1), { text: ' ' }, ...right];
}

/** Returns a horizontal rule with a title: `── Next ─────── read-only ──`. */
export function rule(width: number, title = '', note: Span | undefined = undefined): Line {
  const start: Line = title === '' ? [] : [span('── ', DIM), span(title, BOLD), span(' ', DIM)];
  const end: Line = note === undefined ? [] : [span(' '), note, span(' ──', DIM)];
  const fill = Math.max(0, width - lineWidth(start) - lineWidth(end));
  return cutLine([...start, span('─'.repeat(fill), DIM), ...end], width);
}

/** Returns at most `max` lines; the last one ends in `…` if some were omitted. */
export function limited(lines: readonly Line[], max: number): readonly Line[] {
  if (lines.length <= max) return lines;
  const kept = lines.slice(0, max);
  return kept.map((one, index) => (index === max - 1 ? [...one, span(' …', DIM)] : one));
}

/** A name and its description. */
export type Pair = readonly [name: string, text: string];

/** Returns pairs as lines with the names in one column. */
export function aligned(pairs: readonly Pair[], width: number): readonly Line[] {
  const widest = Math.max(0, ...pairs.map(([name]) => widthOf(harmlessLine(name))));
  const column = Math.min(Math.max(16, Math.floor(width / 3)), widest);
  return pairs.flatMap(([name, text]) => {
    const parts = wrapTo(harmless(text), Math.max(8, width - column - 2));
    return parts.map((part, index): Line => {
      const label = padTo(index === 0 ? harmlessLine(name) : '', column);
      return [span(`${label}  `, DIM), span(part)];
    });
  });
}

/** Joins short lines, as many per line as fit; one that is too long is wrapped. */
export function flowing(items: readonly Line[], width: number, indent = ''): readonly Line[] {
  const lines: Span[][] = [];
  let room = 0;
  for (const item of items) {
    const needed = lineWidth(item);
    if (needed > width - widthOf(indent)) {
      lines.push(...wrapped(lineText(item), width, {}, indent).map((one) => [...one]));
      room = 0;
    } else if (needed > room) {
      lines.push([span(indent), ...item]);
      room = width - widthOf(indent) - needed - 3;
    } else {
      lines.at(-1)?.push(span('   '), ...item);
      room -= needed + 3;
    }
  }
  return lines;
}
