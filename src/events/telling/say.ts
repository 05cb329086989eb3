import { harmless, harmlessLine } from '#text/harmless.ts';

/** A piece of a text with its role; renderers escape it, and decide how it looks. */
export type Span =
  | { readonly kind: 'text' | 'code' | 'blank'; readonly text: string }
  | { readonly kind: 'strong'; readonly said: Said }
  | Moment;

/** A time of day in UTC, the local one if it is shown, and the time since the run started. */
export type Moment = {
  readonly kind: 'time';
  readonly utc: string;
  readonly local?: string | undefined;
  readonly since: string;
};

/** A text of one paragraph. */
export type Said = readonly Span[];

/** A part of a text; strings may be recorded ones. */
export type Part = string | number | Span | Said;

/** Returns a text from a template. */
export function say(words: TemplateStringsArray, ...parts: readonly Part[]): Said {
  return words.flatMap((word, index) => [...saidOf(word), ...saidOf(parts[index] ?? '')]);
}

/** Returns a part as a text. Words that a string has in backticks are code. */
export function saidOf(part: Part): Said {
  if (typeof part === 'object') return 'kind' in part ? [part] : part;
  const pieces = harmless(String(part)).replace(OUTER_LINES, '').split(CODE);
  return pieces.flatMap((text, index) => {
    if (index % 2 === 1) return [code(text)];
    return text === '' ? [] : [{ kind: 'text', text }];
  });
}

const OUTER_LINES = /^\s*\n\s*|\s*\n\s*$/g;
const CODE = /`([^`\n]+)`/;

/** Returns a name, value or expression, to be shown as it is, on one line. */
export function code(value: string): Span {
  const text = harmlessLine(value);
  if (text.trim() !== '') return { kind: 'code', text };
  return { kind: 'text', text: text === '' ? '(empty)' : '(blank)' };
}

/** Returns parts with emphasis. */
export function strong(...parts: readonly Part[]): Span {
  return { kind: 'strong', said: parts.flatMap(saidOf) };
}

/** Returns a mark for somebody to fill in. */
export function blank(text: string): Span {
  return { kind: 'blank', text };
}

/** Joins parts to one text. */
export function joined(parts: readonly Part[], separator = ', '): Said {
  return parts.flatMap((part, index) => [...saidOf(index === 0 ? '' : separator), ...saidOf(part)]);
}

/** Returns a text without its roles. */
export function plainText(said: Said): string {
  return said
    .map((span) => {
      if (span.kind === 'strong') return plainText(span.said);
      return span.kind === 'time' ? `${span.utc} +${span.since}` : span.text;
    })
    .join('');
}
