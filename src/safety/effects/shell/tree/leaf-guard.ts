import type { ShellNode } from './node.ts';

/** Leaves in which bash expands nothing. Here-documents are checked as a whole. */
const AS_WRITTEN = new Set(['raw_string', 'ansi_c_string', 'heredoc_start', 'heredoc_body']);

/** Characters that are not part of a word in bash, after `\x` is removed. */
const NOT_IN_A_WORD = /[\s;|&()<>'"`]/;

/**
 * Returns the reason why bash may parse the text of a leaf differently; undefined if there is none.
 */
export function doubtAboutLeaf(
  script: string,
  node: ShellNode,
  above: readonly ShellNode[],
): string | undefined {
  const { type, span } = node;
  const text = script.slice(span.start, span.end);
  const parent = above.at(-1)?.type ?? '';
  if (type === 'comment') return isComment(script, node) ? undefined : 'a comment';
  if (AS_WRITTEN.has(type)) return undefined;
  const isDollar = parent !== 'simple_expansion' && /(?<!\\)\$$/.test(text);
  if (isDollar && isFollowedByName(script, span.end, parent)) return 'a $ before something else';
  if (type === text) return undefined;
  if (hidesSubstitution(text)) return 'a substitution the parser left unread';
  if (type === 'string_content' || type === 'heredoc_content') return undefined;
  return type === 'regex' ? undefined : doubtAboutWord(text, above);
}

/** Tells whether bash reads `#` as a comment: only where a word could start. */
function isComment(script: string, { span }: ShellNode): boolean {
  const before = script.slice(Math.max(0, span.start - 2), span.start);
  const text = script.slice(span.start, span.end);
  return /(?:^|(?:^|[^\\])[\s;|&()])$/.test(before) && !text.includes('\n');
}

function doubtAboutWord(text: string, above: readonly ShellNode[]): string | undefined {
  const plain = text.replaceAll(/\\[\s\S]/g, '');
  const isInsideExpansion = above.slice(-2).some(({ type }) => type === 'expansion');
  return (isInsideExpansion ? /["'`]|[<>]\(/ : NOT_IN_A_WORD).test(plain)
    ? 'a word with something else inside'
    : undefined;
}

/**
 * Tells whether bash expands something in a text: a backquote, or a `$` before a name or bracket.
 */
function hidesSubstitution(text: string): boolean {
  return /^(?:[^\\]|\\[\s\S])*?(?:`|\$[\w({[@*#?!-])/.test(text);
}

/** Returns the text between the children of a node, without line continuations. */
export function textBetween(script: string, { span, children }: ShellNode): string {
  let at = span.start;
  let between = '';
  for (const child of children) {
    between += script.slice(at, child.span.start);
    at = child.span.end;
  }
  return (between + script.slice(at, span.end)).replaceAll('\\\n', '');
}

/**
 * Tells whether a `$` belongs to the text after it: the parser separates it from the quotes of
 * `$"…"` and `$'…'`.
 */
function isFollowedByName(script: string, at: number, parent: string): boolean {
  const next = script[at] ?? ' ';
  return parent === 'string' ? /[\w({[@*#?!$-]/.test(next) : !/[\s;|&)<>]/.test(next);
}
