import type { Match, Needle, Search } from './redact-search.ts';
import { findUrlPasswords } from './redact-url.ts';

/** Finds what to mask in bytes and in the same bytes as {@link byteText}; `before` is the character before them. */
export type FindSpans = (bytes: Uint8Array, text: string, before: string) => Match[];

/** Windows-1252 is the one encoding of the web in which each byte is one character. */
const ONE_BYTE = new TextDecoder('windows-1252');

/** Returns bytes as a text in which every offset is that of the byte, ASCII characters as they are. */
export function byteText(bytes: Uint8Array): string {
  return ONE_BYTE.decode(bytes);
}

/**
 * Returns a finder of all that has to be masked, in order and without overlaps: the needles of
 * `search`, the `short` ones where they stand alone, and passwords in URLs.
 */
export function createFindSpans(search: Search, short: readonly Needle[]): FindSpans {
  const patterns = short.map(({ name, bytes }) => ({ name, pattern: standingAlone(bytes) }));
  return (bytes, text, before) =>
    merge([
      ...search.find(bytes).map(weighed),
      ...patterns.flatMap(({ name, pattern }) => findAlone(name, pattern, text, before)),
      ...findUrlPasswords(text)
        .filter(({ start, end }) => !isMask(text.slice(start, end)))
        .map((span) => ({ ...span, name: 'url-password', weight: 0 })),
    ]);
}

/** The heaviest of several that overlap gives the name. */
type Span = Match & { readonly weight: number };

function weighed(match: Match): Span {
  return { ...match, weight: match.end - match.start };
}

/** Bytes of other scripts than ASCII count as letters. */
function standingAlone(bytes: Uint8Array): RegExp {
  const hex = Array.from(byteText(bytes), (char) => char.charCodeAt(0).toString(16));
  const chars = hex.map((code) => `\\u${code.padStart(4, '0')}`).join('');
  return new RegExp(`(?<![\\w\\u0080-\\uffff])${chars}(?![\\w\\u0080-\\uffff])`, 'g');
}

function findAlone(name: string, pattern: RegExp, text: string, before: string): Span[] {
  const matches = Array.from((before + text).matchAll(pattern), ({ 0: found, index }) => {
    const start = index - before.length;
    return weighed({ start, end: start + found.length, name });
  });
  // One that begins in what stands before has been judged with it.
  return matches.filter(({ start }) => start >= 0);
}

const MASK = byteText(new TextEncoder().encode('‹secret:x›')).split('secret:x');

function isMask(text: string): boolean {
  return text.startsWith(`${MASK[0]}secret:`) && text.endsWith(`${MASK[1]}`);
}

function merge(spans: readonly Span[]): Match[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) merged.push(span);
    else
      merged[merged.length - 1] = {
        ...(span.weight > last.weight ? span : last),
        start: last.start,
        end: Math.max(last.end, span.end),
      };
  }
  return merged;
}
