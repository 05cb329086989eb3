import type { Diagnostic } from '../diagnostic.ts';
import type { LocatedScalar } from '../yaml/located.ts';

/** The kind of a text: a sentence without values, a sentence with values, or code with values. */
export type TextPlace = 'plain' | 'filled' | 'code';

/**
 * Placeholders of other template languages; the group is the expression inside, with its spaces. Its
 * length is bounded so that a long text takes linear time.
 */
const FOREIGN: readonly RegExp[] = [
  /(?<![$#%@{])\{\{-?([^{}]{1,200}?)-?\}\}/g,
  /\$\{(?!\{)([^{}]{1,200})\}/g,
  /[#%@]\{([^{}]{1,200})\}/g,
  /\$\(([^()]{1,200})\)/g,
  /<%=?-?([^<>%]{1,200}?)-?%>/g,
  /%\(([A-Za-z_]\w{0,100})\)s/g,
  /(?<![$#%@{])\{([\s\w.[\]]{1,200})\}(?!\})/g,
  /(?<![\w$])\$([a-z]{1,20}\.\w[\w.]{0,200})/g,
];

/** Names that an expression begins with. */
const ROOTS = /^(?:inputs|targets|steps|result|error|preview|item|run|values)\s*[.[]/;
const OWN = /\$\{\{(.{0,200}?)\}\}/g;

/**
 * Returns warnings about placeholders that are shown as they stand: those of other template
 * languages, and `${{ }}` in a text without values. `names` are the inputs and steps, with the names that
 * expressions use.
 */
export function strayPlaceholders(
  scalar: LocatedScalar,
  place: TextPlace,
  names: ReadonlyMap<string, string>,
): readonly Diagnostic[] {
  const text = place === 'code' ? scalar.text : withoutCode(scalar.text);
  const foreign = FOREIGN.flatMap((pattern, index) =>
    [...text.matchAll(pattern)]
      .filter(([, inner = '']) => isMeant(inner.trim(), place, names, index === 0))
      .map((match) => stray(scalar, place, names, match)),
  );
  const own =
    place === 'plain'
      ? [...text.matchAll(OWN)].map((match) => stray(scalar, place, names, match))
      : [];
  return [...foreign, ...own];
}

/** Of `{{ }}` every name is meant; other brackets also occur in sentences and scripts. */
function isMeant(
  inner: string,
  place: TextPlace,
  names: ReadonlyMap<string, string>,
  isDouble: boolean,
): boolean {
  if (!/^[A-Za-z_]/.test(inner)) return false;
  if (ROOTS.test(inner)) return true;
  if (place === 'code') return false;
  const [first = ''] = /^\w+/.exec(inner) ?? [];
  return isDouble || (names.has(first) && /^[\w.]+$/.test(inner));
}

/** Blanks stretches between backticks, which quote the syntax of other tools. */
function withoutCode(text: string): string {
  return text.replace(/`[^`]*`/g, (code) => ' '.repeat(code.length));
}

function stray(
  { offsets }: LocatedScalar,
  place: TextPlace,
  names: ReadonlyMap<string, string>,
  { 0: all, 1: written = '', index }: RegExpExecArray,
): Diagnostic {
  const inner = written.trim();
  const [first = ''] = /^\w+/.exec(inner) ?? [];
  const meant = `${names.get(first) ?? first}${inner.slice(first.length)}`;
  const shown = all.length > 40 ? `${all.slice(0, 40)}…` : all;
  return {
    severity: 'warning',
    code: 'placeholder-not-replaced',
    message:
      place === 'code'
        ? `"${shown}" is not replaced by a value`
        : `"${shown}" is shown as it stands, without a value`,
    span: { start: offsets(index), end: offsets(index + all.length - 1) + 1 },
    hint:
      place === 'plain'
        ? 'write the text without a value; findings, summaries and instructions can have values'
        : `write \${{ ${meant} }}`,
  };
}
