import type { Span } from '#runbook/yaml/source.ts';
import { words } from '#text/words.ts';
import { everyNode, type ShellNode } from './node.ts';

/** A span of a script for which the tree may differ from bash's own parsing. */
type Doubt = { readonly text: string; readonly span: Span };

/**
 * Returns the spans that bash may parse differently. The parser was made for editors: it continues
 * after errors, splits words at a line continuation, and leaves substitutions unparsed in patterns
 * and here-documents. Each rule covers a difference found by running bash.
 */
export function doubtsAbout(
  script: string,
  tree: ShellNode,
  dialect: 'bash' | 'any',
): readonly Doubt[] {
  const root = { ...tree, span: { start: 0, end: script.length } };
  const others =
    dialect === 'bash' ? [] : [...everyNode(tree)].filter((node) => isOnlyBash(script, node));
  return [
    ...doubtsAboutText(script),
    ...doubtsBelow(script, root, []),
    ...others.map(({ span }) => ({ text: 'something only bash reads like this', span })),
  ];
}

/** Returns whether a node is a syntax error. The parser reads `<>` as `<` and an error. */
export function isSyntaxError(script: string, { type, span }: ShellNode): boolean {
  if (type === 'MISSING') return true;
  return type === 'ERROR' && script.slice(span.start - 1, span.end) !== '<>';
}

/** Variables of zsh that are tied to `PATH` and its like. */
const TIED = /^(?:path|fpath|cdpath|mailpath|manpath|module_path)$/;

/**
 * Returns whether only bash reads a node like this: to another shell `[[ a && b ]]` is two commands,
 * and `&>` starts one in the background. zsh looks up commands in `path`, and evaluates `$x[i]`; to
 * fish, `\'` does not end a quoted text.
 */
function isOnlyBash(script: string, { type, span }: ShellNode): boolean {
  const text = script.slice(span.start, span.end);
  if (TIED.test(text.replaceAll(/["'\\]/g, ''))) return true;
  if (type === 'raw_string') return text.endsWith(`\\'`);
  if (type === 'simple_expansion') return script[span.end] === '[';
  return /^(?:\[\[|&>>?|\|&|<\()$/.test(type);
}

// Characters that only one of bash and the parser treats as white space.
const ODD_CHARACTER =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is what this is for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff]/g;

function doubtsAboutText(script: string): readonly Doubt[] {
  const found = (pattern: RegExp, text: string): readonly Doubt[] =>
    [...script.matchAll(pattern)].map(({ 0: match, index }) => ({
      text,
      span: { start: index, end: index + match.length },
    }));
  const continued = found(/\\\n/g, 'a continued line').filter(({ span }) => {
    const before = script.slice(script.lastIndexOf('\n', span.start - 1) + 1, span.start);
    const after = script.slice(span.end);
    return !/[^\s\\][ \t]+$/.test(before) || !/^[ \t]*(?:[^\s\\]|\\[^\n])/.test(after);
  });
  return [
    ...found(ODD_CHARACTER, 'a character bash reads differently'),
    ...found(/\$\$[{(['$]/g, '$$ before something else'),
    ...continued,
  ];
}

/** Nodes whose parts have no white space between them. */
const IN_ONE_PIECE = new Set(['simple_expansion', 'variable_assignment', 'concatenation']);

/** Nodes that an unescaped line end terminates in bash. */
const ON_ONE_LINE = new Set(
  words(`command redirected_statement variable_assignments declaration_command unset_command file_redirect
  herestring_redirect`),
);

function doubtsBelow(
  script: string,
  node: ShellNode,
  above: readonly ShellNode[],
): readonly Doubt[] {
  const text = doubtAboutNode(script, node, above);
  const own = text === undefined ? [] : [{ text, span: node.span }];
  const path = [...above, node];
  return [...own, ...node.children.flatMap((child) => doubtsBelow(script, child, path))];
}

function doubtAboutNode(
  script: string,
  node: ShellNode,
  above: readonly ShellNode[],
): string | undefined {
  const text = script.slice(node.span.start, node.span.end);
  if (isSyntaxError(script, node)) return 'a syntax error';
  if (node.type === 'ERROR') return undefined;
  if (node.type === 'heredoc_redirect') return doubtAboutHereDocument(script, node, above);
  if (node.children.length === 0) return doubtAboutLeaf(script, node, above);
  if (node.type === 'heredoc_body') return undefined;
  const between = textBetween(script, node);
  if (/\S/.test(between) || (between !== '' && IN_ONE_PIECE.has(node.type)))
    return 'text the parser left out';
  if (between.includes('\n') && ON_ONE_LINE.has(node.type))
    return 'a command that ends at the end of the line';
  return doubtAboutShape(node, text);
}

function doubtAboutShape({ type, children }: ShellNode, text: string): string | undefined {
  if (type === 'command_substitution' && /^\$?`[\s\S]*[\\`][\s\S]*`$/.test(text))
    return 'a backslash or backquote inside backquotes';
  if (type === 'command' && children.some((child) => child.type === '==' || child.type === '=~'))
    return 'a comparison outside of a test';
  if (type === 'command' && children.some(isGluedToNext))
    return 'a word right after something else';
  if (type === 'test_command') return doubtAboutTest(text);
  if (type === 'compound_statement' && /^\{\S/.test(text)) return 'a brace that begins a word';
  return undefined;
}

function doubtAboutTest(text: string): string | undefined {
  if (/[<>]\(/.test(text)) return 'a substitution inside a test';
  if (/^\[\s/.test(text) && text.replaceAll('\\\n', '').includes('\n'))
    return 'a test over several lines';
  return /^\[\[?\s[\s\S]*\s\]\]?$/.test(text) ? undefined : 'a test without white space around it';
}

function isGluedToNext(
  { type, span }: ShellNode,
  index: number,
  all: readonly ShellNode[],
): boolean {
  const next = all[index + 1];
  return (
    /_redirect$|^variable_assignment$/.test(type) &&
    next?.span.start === span.end &&
    !next.type.endsWith('_redirect')
  );
}

/**
 * Returns the reason why a here-document may end elsewhere than the parser says; undefined if there
 * is none.
 */
function doubtAboutHereDocument(
  script: string,
  node: ShellNode,
  above: readonly ShellNode[],
): string | undefined {
  const part = (type: string) => node.children.find((child) => child.type === type);
  const [start, body, end] = [part('heredoc_start'), part('heredoc_body'), part('heredoc_end')];
  if (start === undefined || end === undefined) return 'a here-document without an end';
  const written = script.slice(start.span.start, start.span.end);
  const delimiter = /^(?:(\w+)|'(\w+)'|"(\w+)"|\\(\w+))$/.exec(written)?.slice(1).join('');
  const first = script.indexOf('\n', start.span.end) + 1;
  const lines = script.slice(first).split('\n');
  const last = lines.indexOf(delimiter ?? '\n');
  const text = lines.slice(0, last).join('\n');
  const ends = first + text.length + (last > 0 ? 1 : 0) + (lines[last] ?? '').length;
  const begins = body?.span.start ?? end.span.start;
  if (
    first === 0 ||
    last === -1 ||
    ends !== end.span.end ||
    !/^\s*$/.test(script.slice(first, begins))
  )
    return 'a here-document whose end is not clear';
  // Bash reassembles a substitution from its parts, and loses the end of such a line.
  const isSubstituted = above.some(({ type }) => type.endsWith('_substitution'));
  return isSubstituted && !/^\s*\)/.test(script.slice(node.span.end))
    ? 'a here-document in the middle of a substitution'
    : undefined;
}

/** Leaves in which bash expands nothing. Here-documents are checked as a whole. */
const AS_WRITTEN = new Set(['raw_string', 'ansi_c_string', 'heredoc_start', 'heredoc_body']);

/** Characters that are not part of a word in bash, after `\x` is removed. */
const NOT_IN_A_WORD = /[\s;|&()<>'"`]/;

/**
 * Returns the reason why bash may parse the text of a leaf differently; undefined if there is none.
 */
function doubtAboutLeaf(
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

/** Returns whether bash reads `#` as a comment: only where a word could start. */
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
 * Returns whether bash expands something in a text: a backquote, or a `$` before a name or bracket.
 */
function hidesSubstitution(text: string): boolean {
  return /^(?:[^\\]|\\[\s\S])*?(?:`|\$[\w({[@*#?!-])/.test(text);
}

/** Returns the text between the children of a node, without line continuations. */
function textBetween(script: string, { span, children }: ShellNode): string {
  let at = span.start;
  let between = '';
  for (const child of children) {
    between += script.slice(at, child.span.start);
    at = child.span.end;
  }
  return (between + script.slice(at, span.end)).replaceAll('\\\n', '');
}

/**
 * Returns whether a `$` belongs to the text after it: the parser separates it from the quotes of
 * `$"…"` and `$'…'`.
 */
function isFollowedByName(script: string, at: number, parent: string): boolean {
  const next = script[at] ?? ' ';
  return parent === 'string' ? /[\w({[@*#?!$-]/.test(next) : !/[\s;|&)<>]/.test(next);
}
