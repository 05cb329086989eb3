import { SCALAR_STYLE, type ScalarEvent } from 'js-yaml';
import type { Span } from './source.ts';

/** Returns the source offset of an offset in a scalar's decoded text. */
export type OffsetMap = (offset: number) => number;

/** Returns where a scalar stands, and how offsets in its decoded `text` map into the source. */
export function scalarOffsets(
  source: string,
  event: ScalarEvent,
  text: string,
): { readonly span: Span; readonly offsets: OffsetMap } {
  const { valueStart: start, valueEnd: end } = event;
  if (start < 0) {
    const at = Math.max(0, event.tagEnd, event.anchorEnd);
    return { span: { start: at, end: at }, offsets: () => at };
  }
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
  const block =
    event.style === SCALAR_STYLE.LITERAL_BLOCK || event.style === SCALAR_STYLE.FOLDED_BLOCK;
  const indent = block ? event.indent : 0;
  return { start: event.valueStart - quote + indent, end: event.valueEnd + quote };
}

/** Walks decoded and raw text side by side; what decoding dropped (indentation, quoting) is skipped. */
function align(source: string, event: ScalarEvent, text: string): readonly number[] {
  const escapes = event.style === SCALAR_STYLE.DOUBLE_QUOTED;
  const result: number[] = [];
  let at = event.valueStart;
  for (const char of text.split('')) {
    if (escapes && source[at] === '\\') {
      result.push(at);
      at += 2;
      continue;
    }
    at = skipTo(source, at, event.valueEnd, char);
    result.push(at);
    at += 1;
  }
  return result;
}

function skipTo(source: string, from: number, end: number, char: string): number {
  for (let at = from; at < end; at += 1) {
    const raw = source[at];
    if (raw === char || (char === ' ' && raw === '\n')) return at;
    if (raw !== ' ' && raw !== '\n' && raw !== '\r' && raw !== "'" && raw !== '\t') return from;
  }
  return from;
}
