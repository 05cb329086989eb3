import type { Span } from '../yaml/source.ts';

/** An operator of another language at a place in an expression, and how CEL writes it. */
export type ForeignSyntax = {
  readonly span: Span;
  readonly written: string;
  readonly hint: string;
};

/** Operators of other languages; the first that occurs outside quotes explains a syntax error. */
const OPERATORS: readonly (readonly [pattern: RegExp, hint: string])[] = [
  [/\$\{\{|\}\}|\{\{/, 'leave ${{ }} out: the whole text is an expression'],
  [/\$\{|\$\(/, 'write the name alone, without $'],
  [/\$(?=\w)/, 'write the name without $'],
  [/===/, 'write =='],
  [/!==/, 'write !='],
  [/<>/, 'write !='],
  [/=>/, 'write >='],
  [/=</, 'write <='],
  [/!~/, 'write !name.matches("pattern")'],
  [/=~|(?<=[\w)\]] )~(?= )/, 'write name.matches("pattern")'],
  [/\?\?/, 'write has(x) ? x : other'],
  [/\?\.|\?\[/, 'test it first: has(x) && x.field > 0'],
  [/(?<![=!<>])=(?!=)/, 'write =='],
  [/(?<!&)&(?!&)/, 'write &&'],
  [/(?<!\|)\|(?!\|)/, 'write || between conditions; a filter is a method: x.size()'],
  [/->>?/, 'write name.field'],
  [/\bnot\s+in\b/i, 'write !(x in ["a", "b"])'],
  [/\bis\s+not\s+(?:null|none|nil)\b/i, 'write != null'],
  [/\bis\s+(?:null|none|nil|defined)\b/i, 'write == null, or has(x)'],
  [/\bis\s+not\b/i, 'write !='],
  [/(?<=\S\s+)\bis\b/i, 'write =='],
  [/(?<=\S\s+)\band\b/i, 'write &&'],
  [/(?<=\S\s+)\bor\b/i, 'write ||'],
  [/\bnot\b(?=\s)/i, 'write !'],
  [/(?<=\S\s+)\bbetween\b/i, 'write x >= 1 && x <= 3'],
  [/(?<=\S\s+)(?:i?like|regexp|rlike|matches)\b/i, 'write name.matches("pattern")'],
  [/(?<=\S\s+)(?:contains|includes)\b/i, 'write name.contains("text")'],
  [/(?<=\S\s+)starts\s?_?with\b/i, 'write name.startsWith("text")'],
  [/(?<=\S\s+)ends\s?_?with\b/i, 'write name.endsWith("text")'],
  [/\bexists\b(?!\s*\()/i, 'write has(x)'],
  [/(?<=\S\s+)-(?:eq|ne|lt|le|gt|ge)\b/, 'write ==, !=, <, <=, > or >='],
  [/(?<=\S\s+)(?:eq|ne|lt|le|gt|ge)\b(?=\s)/, 'write ==, !=, <, <=, > or >='],
  [/(?<=\S\s+)if\b|\belse\b|\bthen\b/i, 'write condition ? one : other'],
  [/\bin\s*\(/i, 'write in ["a", "b"]'],
  [/(?<=\b\d+(?:\.\d+)?)(?:ms|s|m|h)\b/, 'compare durations: duration(x) > duration("5m")'],
  [/(?<=\d)%/, 'write the share as a number: 0.9'],
  [/(?<=\d)(?:k|K|M|G|[KMG]i?B)\b/, 'write the number out'],
  [/(?<=\d),(?=\d{3}\b)|(?<=\d)_(?=\d)/, 'write the number without a separator'],
  [/;/, 'write one expression'],
];

/**
 * Returns the operator of another language that an expression with a syntax error contains, or
 * undefined. One that reaches the place `near` of the error is preferred.
 */
export function foreignSyntax(text: string, near: number): ForeignSyntax | undefined {
  const bare = withoutTexts(text);
  const found = OPERATORS.flatMap(([pattern, hint], rank) => {
    const match = pattern.exec(bare);
    if (match === null) return [];
    const span = { start: match.index, end: match.index + match[0].length };
    const isNear = near >= span.start - 1 && near <= span.end + 1;
    return [{ span, written: match[0], hint, rank: isNear ? rank - OPERATORS.length : rank }];
  });
  const [best] = found.toSorted((a, b) => a.rank - b.rank);
  return best;
}

/** Blanks the quoted texts of an expression, so that only its operators and names are left. */
function withoutTexts(text: string): string {
  return text.replace(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, (quoted) =>
    '"'.repeat(quoted.length),
  );
}
