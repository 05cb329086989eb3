import type { Tone } from '#events/telling/told.ts';
import { timeOfDay } from '#text/duration.ts';
import { harmless, harmlessLine } from '#text/harmless.ts';
import { inStyle, type Role } from '#text/theme.ts';

/** A sanitized line to print, without its line end. */
export type PlainLine = { readonly text: string; readonly style?: Tone };

const ROLES: { readonly [S in Tone]: Role } = {
  dim: 'muted',
  bold: 'strong',
  good: 'success',
  warn: 'warning',
  bad: 'danger',
};

/** As wide as a time of day and the space after it. */
export const INDENT = ' '.repeat(9);

/** Returns a line that starts with the time of day. */
export function timed(at: string, text: string, style?: Tone): PlainLine {
  return styled(`${timeOfDay(at)} ${harmlessLine(text)}`, style);
}

/** Returns a text, of one line or of several pasted ones. */
export function spoken(at: string, text: string, style?: Tone): readonly PlainLine[] {
  const [first = '', ...rest] = harmless(text).split('\n');
  return [timed(at, first, style), ...under(rest, style)];
}

/** Returns lines that belong to the timed line above them. */
export function under(texts: readonly string[], style?: Tone): readonly PlainLine[] {
  return texts.map((text) => styled(`${INDENT}${harmlessLine(text)}`.trimEnd(), style));
}

/** Returns a line without a time. */
export function styled(text: string, style?: Tone): PlainLine {
  return style === undefined ? { text } : { text, style };
}

/** Returns the text to print for a line. */
export function painted(line: PlainLine, coloured: boolean): string {
  if (!coloured || line.style === undefined) return line.text;
  return inStyle(ROLES[line.style], line.text);
}
