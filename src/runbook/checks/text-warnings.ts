import type { Diagnostic } from '../diagnostic.ts';
import { ENGINES } from '../model/engines.ts';
import type { LocatedNode, LocatedScalar } from '../yaml/located.ts';
import type { Source, Span } from '../yaml/source.ts';
import { strayPlaceholders } from './stray-placeholders.ts';

/** Keys whose values are sentences, and in which no value of a run can stand. */
const PLAIN = new Set([
  ...['title', 'why', 'description', 'impact', 'text', 'none', 'read_because'],
  ...['prevention', 'symptoms', 'choices'],
]);
/** Keys whose values are sentences, and in which `${{ }}` can stand. */
const FILLED = new Set(['finding', 'manual', 'question', 'ask', 'warning', 'unchecked', 'phrase']);
/** Keys whose values are code, and in which `${{ }}` can stand. */
const CODE = new Set<string>([...['sql', ...ENGINES, 'shell', 'env', 'cwd', 'stdin', 'with']]);

/**
 * Returns warnings about texts that are shown otherwise than they look in the file: cut short by a
 * comment, with placeholders of another template language, or a pattern that counts as plain text.
 */
export function textWarnings(source: Source, root: LocatedNode): readonly Diagnostic[] {
  const names = namesOf(root);
  return textsIn(root, []).flatMap(({ scalar, path, key }) => {
    const place = placeOf(path);
    if (place === undefined) return [];
    const cut = place === 'code' ? undefined : commentAfter(source.text, scalar, key);
    return [
      ...(cut === undefined ? [] : [cutShort(cut)]),
      ...strayPlaceholders(scalar, place, names),
      ...(path[0] === 'symptoms' && path.length === 2 ? patternAsText(scalar) : []),
    ];
  });
}

/** A scalar with the keys that lead to it, and the place of its own key. */
export type Located = {
  readonly scalar: LocatedScalar;
  readonly path: readonly string[];
  readonly key: Span | undefined;
};

/** Returns the scalars of a node, in order. */
export function textsIn(
  node: LocatedNode,
  path: readonly string[],
  key?: Span,
): readonly Located[] {
  if (node.kind === 'scalar') return [{ scalar: node, path, key }];
  if (node.kind === 'sequence')
    return node.items.flatMap((item, index) => textsIn(item, [...path, String(index)]));
  return [...node.entries].flatMap(([name, entry]) =>
    textsIn(entry.value, [...path, name], entry.key),
  );
}

/** Returns whether a text at a path is a sentence for people. */
export function isSentence(path: readonly string[]): boolean {
  // The text of a fragment is code, whatever its key.
  const place = path[0] === 'fragments' ? 'code' : placeOf(path);
  return place === 'plain' || place === 'filled';
}

/** Returns what kind of text stands at a path; the summary of the runbook has no values. */
function placeOf(path: readonly string[]): 'plain' | 'filled' | 'code' | undefined {
  if (path[0] === 'targets' || path.includes('probe')) return undefined;
  const named = path.filter((part) => !/^\d+$/.test(part));
  const last = named.at(-1) ?? '';
  if (last === 'summary') return path.length === 1 ? 'plain' : 'filled';
  if (named.at(-2) === 'env' || named.at(-2) === 'with' || CODE.has(last))
    return path[0] === 'inputs' ? undefined : 'code';
  if (named.at(-2) === 'fields' && named.at(-3) === 'ask') return 'filled';
  return FILLED.has(last) ? 'filled' : isPlain(path, last) ? 'plain' : undefined;
}

/** One text under `choices` is an expression; a list has the texts themselves. */
function isPlain(path: readonly string[], last: string): boolean {
  return PLAIN.has(last) && path.at(-1) !== 'choices';
}

/** Returns the inputs and steps by the name alone, with the name that expressions use. */
function namesOf(root: LocatedNode): ReadonlyMap<string, string> {
  const inputs = root.kind === 'mapping' ? root.entries.get('inputs')?.value : undefined;
  const steps = root.kind === 'mapping' ? root.entries.get('steps')?.value : undefined;
  const ids = (steps?.kind === 'sequence' ? steps.items : []).flatMap((step) => {
    const id = step.kind === 'mapping' ? step.entries.get('id')?.value : undefined;
    return id?.kind === 'scalar' ? [id.text] : [];
  });
  return new Map([
    ...ids.map((id) => [id, `steps.${id}`] as const),
    ...(inputs?.kind === 'mapping' ? [...inputs.entries.keys()] : []).map(
      (name) => [name, `inputs.${name}`] as const,
    ),
  ]);
}

/** One space before `#` is how a sentence has it; a comment is set off by two or more. */
function commentAfter(text: string, { span, value }: LocatedScalar, key?: Span): Span | undefined {
  const isQuoted = /["']/.test(text[span.start] ?? '') && value !== null;
  const end = value === null ? (key?.end ?? span.end) : span.end;
  const lead = value === null ? /^: (#\S[^\n]*)/ : /^ (#[^\n]*)/;
  const comment = lead.exec(text.slice(end, end + 200))?.[1];
  if (isQuoted || comment === undefined) return undefined;
  const start = text.indexOf('#', end);
  return { start, end: start + comment.trimEnd().length };
}

function cutShort(span: Span): Diagnostic {
  return {
    severity: 'warning',
    code: 'text-cut-short',
    message: 'the text ends here: " #" begins a comment',
    span,
    hint: 'put the text into quotes, or set a comment off by two spaces',
  };
}

/** Signs that occur together only in regular expressions. */
const PATTERN = /\\[dwsbDWS.()[\]]|[.\])][*+](?!\w*\*)|\(\?[:i]|\(\w+(?:\|\w+)+\)|\[[\w-]+\][*+?]/;

function patternAsText({ text, span }: LocatedScalar): readonly Diagnostic[] {
  if (!PATTERN.test(text)) return [];
  return [
    {
      severity: 'warning',
      code: 'pattern-as-text',
      message: 'this symptom is compared as plain text, and looks like a regular expression',
      span,
      hint: `write { pattern: '${text.replaceAll("'", "''")}' }`,
    },
  ];
}
