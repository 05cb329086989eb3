import { SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import type { Span } from './source.ts';

/** Returns the source offset of an offset in a scalar's decoded text. */
export type OffsetMap = (offset: number) => number;

/** Returns the place of a scalar, and the map from offsets in its decoded `text` to the source. */
export function scalarOffsets(
  source: string,
  event: ScalarEvent,
  text: string,
): { readonly span: Span; readonly offsets: OffsetMap } {
  const { valueStart: start, valueEnd: end } = event;
  if (event.fast)
    return { span: quoted(event), offsets: (offset) => Math.min(start + offset, end) };
  let aligned: readonly number[] | undefined;
  return {
    span: quoted(event),
    offsets: (offset) => {
      aligned ??= align(source, event, text);
      return aligned[Math.max(0, offset)] ?? end;
    },
  };
}

function quoted(event: ScalarEvent): Span {
  const hasQuotes =
    event.style === SCALAR_STYLE.SINGLE_QUOTED || event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  const quote = hasQuotes ? 1 : 0;
  return { start: event.valueStart - quote + indentOf(event), end: event.valueEnd + quote };
}

/** Returns the indentation of the lines of a block, in spaces. */
function indentOf(event: ScalarEvent): number {
  const block =
    event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
  return block ? event.indent : 0;
}

/**
 * Aligns decoded with raw text; characters that decoding drops (indentation, quoting) are skipped.
 */
function align(source: string, event: ScalarEvent, text: string): readonly number[] {
  const escapes = event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  const indent = indentOf(event);
  const result: number[] = [];
  let at = skipIndent(source, event.valueStart, indent);
  for (let index = 0; index < text.length; index += 1) {
    at = skipTo(source, escapes ? skipLineEnds(source, at) : at, event.valueEnd, text[index] ?? '');
    result.push(at);
    if (!escapes || source[at] !== '\\') {
      at = source[at] === '\n' ? skipIndent(source, at + 1, indent) : at + 1;
      continue;
    }
    const { length, units } = escapeAt(source, at);
    if (units === 2) {
      result.push(at);
      index += 1;
    }
    at += length;
  }
  return result;
}

function skipIndent(source: string, from: number, indent: number): number {
  let at = from;
  while (at < from + indent && source[at] === ' ') at += 1;
  return at;
}

/** Returns the length of an escape in the source and in the decoded text, in UTF-16 units. */
function escapeAt(source: string, at: number): { readonly length: number; readonly units: number } {
  const digits = { x: 2, u: 4, U: 8 }[source[at + 1] ?? ''] ?? 0;
  const code = digits === 8 ? Number.parseInt(source.slice(at + 2, at + 10), 16) : 0;
  return { length: 2 + digits, units: code > 0xffff ? 2 : 1 };
}

/** A backslash at the end of a line joins it with the next one and decodes to nothing. */
function skipLineEnds(source: string, from: number): number {
  let at = from;
  for (let end = joinEnd(source, at); end !== undefined; end = joinEnd(source, at)) at = end;
  return at;
}

function joinEnd(source: string, at: number): number | undefined {
  if (source[at] !== '\\') return undefined;
  const join = /^\\\r?\n[ \t]*/.exec(source.slice(at, at + 256));
  return join === null ? undefined : at + join[0].length;
}

function skipTo(source: string, from: number, end: number, char: string): number {
  for (let at = from; at < end; at += 1) {
    const raw = source[at];
    if (raw === char || raw === '\\' || (char === ' ' && raw === '\n')) return at;
    if (raw !== ' ' && raw !== '\n' && raw !== '\r' && raw !== "'" && raw !== '\t') return from;
  }
  return from;
}
