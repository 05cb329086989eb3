import { closest } from '#text/suggest.ts';
import type { Diagnostic, DiagnosticCode } from './diagnostic.ts';
import type { Span } from './yaml/source.ts';

/** A replacement of a part of a text. */
export type Fix = { readonly span: Span; readonly text: string };

/** The problems whose hint says what to write in the place of exactly what they are about. */
const REPLACED: ReadonlySet<string> = new Set<DiagnosticCode>([
  ...(['unknown-key', 'unknown-name', 'unknown-step', 'unknown-target', 'unknown-value'] as const),
  ...(['unknown-fragment', 'unknown-library', 'unknown-runbook', 'wrong-target'] as const),
  ...(['step-kind', 'wrong-type', 'wrong-value', 'name-mismatch', 'type-mismatch'] as const),
  ...(['expression-syntax', 'placeholder-syntax', 'line-end-compared'] as const),
  ...(['gate-too-weak', 'volatile-unknown'] as const),
]);

/**
 * Returns the replacements that the hint of a problem in a text may mean. Only a check of the text with
 * one of them tells whether it is a fix.
 */
export function possibleFixes(
  { code, hint, span }: Pick<Diagnostic<string>, 'code' | 'hint' | 'span'>,
  text: string,
): readonly Fix[] {
  if (hint === undefined || !REPLACED.has(code)) return [];
  const fixes = meantBy(hint).flatMap((meant) =>
    placesFor(meant, span, text).map((place) => ({ span: place, text: meant })),
  );
  const isNew = ({ span: at, text: meant }: Fix) => text.slice(at.start, at.end) !== meant;
  return fixes.filter(isNew);
}

const NAMED = /^(?:did you mean|go to) "([^"\n]+)"\??$/;
const ONLY_ONE = /^(?:it could be|expected) ([\w.-]+)$/;
const WRITTEN = /^(?:write|compare) (.+)$/s;
/** The rest of a hint after the words to write, e.g. `write title: instead`. */
const REST = /,? (?:instead|if|or|and|to|in|where|which|for|so)\b/;

function meantBy(hint: string): readonly string[] {
  const [, named] = NAMED.exec(hint) ?? ONLY_ONE.exec(hint) ?? [];
  if (named !== undefined) return [named];
  const [, words] = WRITTEN.exec(hint) ?? [];
  if (words === undefined) return [];
  const [first = words] = words.split(REST);
  return [...new Set([words, first].flatMap((one) => [one, ...partsOf(one)]))];
}

/** Returns the key or the value alone: one of them may be what is wrong. */
function partsOf(words: string): readonly string[] {
  const [, key, value] = /^([\w-]+):(?: (.+))?$/s.exec(words) ?? [];
  return key === undefined ? [] : [key, ...(value === undefined ? [] : [value])];
}

/**
 * Returns the whole place, and the parts of it that may be meant: names that look like the one to write,
 * and `x` for `x.method()`.
 */
function placesFor(meant: string, { start, end }: Span, text: string): readonly Span[] {
  const whole = text.slice(start, end);
  const [, called] = /^(.+)\.\w+\(\)$/.exec(meant) ?? [];
  const at = called === undefined ? -1 : whole.indexOf(called);
  const own = at === -1 ? [] : [{ start: start + at, end: start + at + (called ?? '').length }];
  const names = [...whole.matchAll(/[\w-]+/g)]
    .filter(([name]) => closest(name, [meant]) !== undefined)
    .map(({ 0: name, index }) => ({ start: start + index, end: start + index + name.length }));
  return [...own, ...names, { start, end }];
}
