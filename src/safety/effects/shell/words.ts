import type { Span } from '#runbook/yaml/source.ts';
import { UNKNOWN_PART } from './paths.ts';
import type { ShellNode } from './tree/node.ts';

/** A word of a command, as far as it is known before the script runs. */
export type Word = {
  /**
   * The text passed to the command; undefined if it depends on values, files or the shell's state.
   */
  readonly text: string | undefined;
  /** The known start of the text, or of each word if there are several. */
  readonly prefix: string;
  /** The text with {@link UNKNOWN_PART} in place of each part that is not known. */
  readonly outline: string;
  /**
   * The number of words it becomes: `one`; `several` with the same prefix (a glob, braces); or
   * `any` number of any words (an unquoted variable, a list).
   */
  readonly count: 'one' | 'several' | 'any';
  /** The span in the outermost script. */
  readonly span: Span;
  /**
   * The offset in the outermost script at which `text` appears literally; undefined if it does not.
   */
  readonly exactAt: number | undefined;
};

/** The context for reading words: the script around them. */
export type WordScope = {
  readonly script: string;
  /** Maps a span of this script to the outermost one. */
  readonly outer: (span: Span) => Span;
  /** The offsets of words with unknown values, and whether each may be several words. */
  readonly opaque: ReadonlyMap<number, 'one' | 'any'>;
  /** Returns whether the value of a variable at an offset is one word that cannot be a flag. */
  readonly isPlain: (name: string, at: number, isQuoted: boolean) => boolean;
};

/** A piece of a word. In `shape` every quoted or unknown character is a `q`. */
type Piece = {
  readonly text: string | undefined;
  readonly shape: string;
  readonly count: Word['count'];
  /** The start of the text, even if the rest is unknown. */
  readonly prefix?: string;
};

const UNREADABLE: Piece = { text: undefined, shape: 'q', count: 'any' };
const UNKNOWN: Piece = { text: undefined, shape: 'q', count: 'one' };
/** One word that starts with a digit or a letter: never a flag, a scheme or a path. */
const PLAIN: Piece = { ...UNKNOWN, prefix: '0' };

/** Reads the word that adjacent nodes form. */
export function readWord(nodes: readonly ShellNode[], scope: WordScope): Word {
  const span = {
    start: nodes[0]?.span.start ?? 0,
    end: nodes.at(-1)?.span.end ?? 0,
  };
  const pieces = nodes.length === 1 ? nodes.flatMap((node) => piecesOf(node, scope)) : [UNREADABLE];
  const outer = scope.outer(span);
  const isExact = pieces.length === 1 && outer.end - outer.start === span.end - span.start;
  const quote = nodes[0]?.type === 'raw_string' ? 1 : 0;
  const verbatim = scope.script.slice(span.start + quote, span.end - quote);
  const word = joinPieces(pieces);
  const exactAt = isExact && verbatim === word.text ? outer.start + quote : undefined;
  return { ...word, span: outer, exactAt };
}

type Joined = Pick<Word, 'text' | 'prefix' | 'count' | 'outline'>;

function joinPieces(pieces: readonly Piece[]): Joined {
  const shape = pieces.map((piece) => piece.shape).join('');
  const outline = outlineOf(pieces.map(({ text }) => text ?? UNKNOWN_PART).join(''), shape);
  const spread = shape.search(/[*?[]|\{(?=.*(?:,|\.\.).*\})/s);
  const tilde = shape.search(/(?:^|(?<=[=:]))~/);
  const at = pieces.findIndex((piece) => piece.text === undefined);
  const unknown = pieces[at];
  const known = (unknown === undefined ? pieces : pieces.slice(0, at))
    .map((piece) => piece.text)
    .join('');
  const until = Math.min(...[spread, tilde].filter((index) => index > 0), known.length);
  const start = spread === 0 ? '' : known.slice(0, until);
  const prefix = known === '' ? (unknown?.prefix ?? '') : start;
  if (pieces.some(({ count }) => count === 'any'))
    return { text: undefined, prefix, outline, count: 'any' };
  if (spread >= 0) return { text: undefined, prefix, outline, count: 'several' };
  const isKnown = unknown === undefined && tilde === -1;
  return { text: isKnown ? known : undefined, prefix, outline, count: 'one' };
}

/** Replaces what bash expands. What is in braces may contain several parts of a path. */
function outlineOf(text: string, shape: string): string {
  const spreads = [...shape.matchAll(/\{.*\}|^~[^/]*|[*?]|\[[^\]]+\]/gs)];
  return spreads.reduceRight((outline, { 0: match, index }) => {
    const isPath = text.slice(index, index + match.length).includes('/') && match.startsWith('{');
    const unknown = isPath ? `/${UNKNOWN_PART}/${UNKNOWN_PART}` : UNKNOWN_PART;
    return outline.slice(0, index) + unknown + outline.slice(index + match.length);
  }, text);
}

function piecesOf(node: ShellNode, scope: WordScope): readonly Piece[] {
  const text = scope.script.slice(node.span.start, node.span.end);
  const opaque = scope.opaque.get(node.span.start);
  if (opaque !== undefined && node.type === 'raw_string') return [{ ...UNKNOWN, count: opaque }];
  switch (node.type) {
    case 'concatenation':
      return piecesTogether(node, scope);
    case 'word':
    case 'number':
    case 'test_operator':
    case '$':
      return piecesOfWord(text);
    case 'raw_string':
      return [quoted(text.slice(1, -1))];
    case 'string':
      return piecesOfString(node, scope);
    case 'brace_expression':
      return [{ text, shape: text, count: 'several' }];
    case 'process_substitution':
      return [{ ...UNKNOWN, prefix: '/dev/fd/' }];
    case 'simple_expansion':
    case 'expansion':
      return [expanded(text, node.span.start, false, scope)];
    default:
      return [UNREADABLE];
  }
}

/** Reads the pieces of a concatenation. Parts that do not touch would be separate words. */
function piecesTogether(node: ShellNode, scope: WordScope): readonly Piece[] {
  let at = node.span.start;
  for (const child of node.children) {
    if (child.span.start !== at) return [UNREADABLE];
    at = child.span.end;
  }
  return node.children.flatMap((child) => piecesOf(child, scope));
}

/** Characters that are not part of a word in bash. */
const NOT_IN_A_WORD = /[\s;|&()<>'"`]|\$(?=[\w({['"@*#?!-])/;

function piecesOfWord(text: string): readonly Piece[] {
  const plain = text.replaceAll(/\\[\s\S]/g, '');
  if (NOT_IN_A_WORD.test(plain)) return [UNREADABLE];
  // The parser ends a word at a continued line.
  const pieces = text.match(/\\[\s\S]|[^\\]+/g) ?? [];
  return pieces.map((piece) =>
    piece.startsWith('\\') ? quoted(piece.slice(1)) : { text: piece, shape: piece, count: 'one' },
  );
}

function quoted(text: string): Piece {
  return { text, shape: 'q'.repeat(text.length), count: 'one' };
}

function piecesOfString(node: ShellNode, scope: WordScope): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = node.span.start + 1;
  const literal = (until: number): void => {
    const text = scope.script
      .slice(at, until)
      .replaceAll(/\\([$`"\\\n])/g, (_, char: string) => (char === '\n' ? '' : char));
    if (text !== '') pieces.push(quoted(text));
  };
  for (const child of node.children) {
    if (child.type === 'string_content' || child.type === '"' || child.type === '$') continue;
    literal(child.span.start);
    const text = scope.script.slice(child.span.start, child.span.end);
    const isExpansion = child.type.endsWith('expansion');
    pieces.push(isExpansion ? expanded(text, child.span.start, true, scope) : UNKNOWN);
    at = child.span.end;
  }
  literal(node.span.end - 1);
  return pieces.length === 0 ? [quoted('')] : pieces;
}

/**
 * Reads an expansion. In quotes it stays one word, except for the lists `"$@"` and `"${list[@]}"`.
 */
function expanded(text: string, at: number, isQuoted: boolean, scope: WordScope): Piece {
  const name = /^\$(?:\{(\w+)\}|(\w+|[?#$]))$/.exec(text)?.slice(1).join('');
  if (name !== undefined && (/^[?#$]$/.test(name) || scope.isPlain(name, at, isQuoted)))
    return PLAIN;
  return isQuoted && !text.includes('@') ? UNKNOWN : UNREADABLE;
}
