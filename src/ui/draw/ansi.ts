import { COLOUR_CODES } from '#text/theme.ts';
import type { Line, Span } from './line.ts';

/**
 * Returns a line with the escape sequences of its styles; without `coloured` only bold, dim and
 * inverse are kept.
 */
export function ansiLine(line: Line, coloured: boolean): string {
  return line.map((span) => ansiSpan(span, coloured)).join('');
}

function ansiSpan({ text, color, dim, bold, inverse }: Span, coloured: boolean): string {
  let styled = text;
  if (dim) styled = within(2, styled, 22);
  if (coloured && color !== undefined) styled = within(COLOUR_CODES[color], styled, 39);
  if (bold) styled = within(1, styled, 22);
  return inverse ? within(7, styled, 27) : styled;
}

function within(start: number, text: string, end: number): string {
  return `\u001b[${start}m${text}\u001b[${end}m`;
}
