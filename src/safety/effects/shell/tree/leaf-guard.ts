import type { ShellNode } from './node.ts';

/** Leaves in which bash expands nothing; here-documents are looked at as a whole. */
const AS_WRITTEN = new Set(['raw_string', 'ansi_c_string', 'heredoc_start', 'heredoc_body']);

/** What bash would not take for part of a word, after `\x` has been left out. */
const NOT_IN_A_WORD = /[\s;|&()<>'"`]/;

/** Returns why a leaf of the tree may not be what bash makes of its text. */
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

/** Bash takes `#` for a comment only where a word could begin. */
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

/** Reports whether bash expands something here: a backquote, or a `$` before a name or bracket. */
export function hidesSubstitution(text: string): boolean {
  return /^(?:[^\\]|\\[\s\S])*?(?:`|\$[\w({[@*#?!-])/.test(text);
}

/** Returns what stands between the parts of a node, continued lines left out. */
export function textBetween(script: string, { span, children }: ShellNode): string {
  let at = span.start;
  let between = '';
  for (const child of children) {
    between += script.slice(at, child.span.start);
    at = child.span.end;
  }
  return (between + script.slice(at, span.end)).replaceAll('\\\n', '');
}

/** The parser takes a `$` for itself that makes `$"…"` or `$'…'` of the quotes behind it. */
function isFollowedByName(script: string, at: number, parent: string): boolean {
  const next = script[at] ?? ' ';
  return parent === 'string' ? /[\w({[@*#?!$-]/.test(next) : !/[\s;|&)<>]/.test(next);
}
