import type { Span } from '#runbook/yaml/source.ts';
import { SSH_FLAGS } from './commands/remote.ts';
import { SHELL_FLAGS } from './commands/shells.ts';
import { WATCH_FLAGS } from './commands/wrappers.ts';
import { readFlags } from './flags.ts';
import { wordsOf } from './script.ts';
import type { ParseShell, ShellNode } from './tree/node.ts';
import type { Word, WordScope } from './words.ts';

/**
 * The position of a placeholder in a script. Only a `word`, a `part` of one, or a `value` arrives
 * as its exact text.
 * - `word`: a separate word, as an argument, in `for` and `case`, or in `[ ]`
 * - `part`: a part of a longer word, e.g. `--since=${{ x }}`
 * - `value`: the value of a variable
 * - `command`: the name of a command, or a part of it
 * - `target`: the source or destination of a redirection
 * - `code`: a word that a shell parses again as code, e.g. after `ssh host`
 * - `evaluated`: where bash evaluates values: `(( ))`, `[[ ]]`, `${ }`, an index
 * - `quotes`: inside quotes, backquotes or a here-document
 * - `comment`: in a comment
 * - `unreadable`: where the script cannot be parsed
 */
export type ShellPlace =
  | 'word'
  | 'part'
  | 'value'
  | 'command'
  | 'target'
  | 'code'
  | 'evaluated'
  | 'quotes'
  | 'comment'
  | 'unreadable';

/**
 * Returns the position of each placeholder in a script in which they are masked as quoted words.
 */
export function shellPlaceholders(
  script: string,
  offsets: readonly number[],
  parse: ParseShell,
): readonly ShellPlace[] {
  const tree = parse(script);
  return offsets.map((offset) => placeOf(pathTo(tree, offset), offset, script));
}

/** Returns the nodes around an offset, innermost first. */
function pathTo(tree: ShellNode, offset: number): readonly ShellNode[] {
  const path: ShellNode[] = [];
  for (let node: ShellNode | undefined = tree; node !== undefined; ) {
    path.unshift(node);
    node = node.children.find(({ span }) => span.start <= offset && offset < span.end);
  }
  return path;
}

function placeOf(path: readonly ShellNode[], offset: number, script: string): ShellPlace {
  const [own, ...around] = path;
  if (own?.type === 'comment') return 'comment';
  const isMask = own?.type === 'raw_string' && own.span.start === offset;
  if (path.some(({ type }) => type === 'ERROR' || type === 'MISSING')) return 'unreadable';
  if (!isMask || around.some((node) => isBackquoted(node, script))) return 'quotes';
  const isPart = around[0]?.type === 'concatenation';
  const [parent, ...above] = isPart ? around.slice(1) : around;
  if (parent === undefined) return 'unreadable';
  const isGlued = isPart || isGluedIn(parent, own);
  return placeIn(parent, above, isGlued, own, script);
}

function isBackquoted({ type, span }: ShellNode, script: string): boolean {
  return type === 'command_substitution' && script[span.start] === '`';
}

/** Tells whether a node touches another one: the parser splits some words in two. */
function isGluedIn(parent: ShellNode, own: ShellNode): boolean {
  return parent.children.some(
    ({ span }) => span.end === own.span.start || span.start === own.span.end,
  );
}

function placeIn(
  parent: ShellNode,
  above: readonly ShellNode[],
  isPart: boolean,
  own: ShellNode,
  script: string,
): ShellPlace {
  const word = isPart ? 'part' : 'word';
  switch (parent.type) {
    case 'command_name':
      return 'command';
    case 'command':
      return isReadAgain(parent, own, script) ? 'code' : word;
    case 'file_redirect':
      return 'target';
    case 'herestring_redirect':
    case 'for_statement':
    case 'case_statement':
    case 'case_item':
      return word;
    case 'variable_assignment':
      return isGluedValue(parent, above, own) ? 'unreadable' : 'value';
    case 'array':
      return 'value';
    case 'test_command':
    case 'binary_expression':
    case 'unary_expression':
      return isInSingleTest([parent, ...above]) ? word : 'evaluated';
    default:
      return 'evaluated';
  }
}

/**
 * Tells whether a value is only part of a word: the parser may split `x='…'y` into a value and a
 * command.
 */
function isGluedValue(assignment: ShellNode, above: readonly ShellNode[], own: ShellNode): boolean {
  return above.some(({ children }) =>
    children.some((child) => child !== assignment && child.span.start === own.span.end),
  );
}

/**
 * Tells whether a node is inside `[ ]`, which compares words literally; `[[ ]]` and `(( ))` may
 * evaluate them.
 */
function isInSingleTest(path: readonly ShellNode[]): boolean {
  const test = path.find(({ type }) => !/^(?:binary|unary)_expression$/.test(type));
  return test?.type === 'test_command' && test.children[0]?.type === '[';
}

function isReadAgain(command: ShellNode, own: ShellNode, script: string): boolean {
  const scope: WordScope = {
    script,
    outer: (span) => span,
    opaque: new Map(),
    isPlain: () => false,
  };
  return wordsReadAgain(wordsOf(command, scope)).some(
    ({ start, end }) => start <= own.span.start && own.span.end <= end,
  );
}

/** Returns the spans of a command's words that a shell parses again as code. */
function wordsReadAgain(words: readonly Word[]): readonly Span[] {
  return words.flatMap((word, index) => {
    const reads = READERS.find(({ names }) => names.test(word.text ?? ''))?.reads;
    return reads === undefined ? [] : reads(words.slice(index + 1)).map(({ span }) => span);
  });
}

type Reader = {
  readonly names: RegExp;
  readonly reads: (words: readonly Word[]) => readonly Word[];
};

const READERS: readonly Reader[] = [
  { names: /^(?:eval|parallel)$/, reads: (words) => words },
  { names: /^trap$/, reads: (words) => words.slice(0, 1) },
  { names: /^su$/, reads: (words) => words.slice(-1) },
  { names: /^watch$/, reads: (words) => operandsOf('watch', words, WATCH_FLAGS) },
  { names: /^ssh$/, reads: (words) => operandsOf('ssh', words, SSH_FLAGS).slice(1) },
  {
    names: /^(?:\/(?:usr\/)?bin\/)?(?:ba|da|z|k|a)?sh$/,
    reads: (words) =>
      words.some(({ text }) => /^-\w*c$/.test(text ?? ''))
        ? operandsOf('sh', words, SHELL_FLAGS).slice(0, 1)
        : [],
  },
];

function operandsOf(name: string, words: readonly Word[], flags: string): readonly Word[] {
  const span = words[0]?.span ?? { start: 0, end: 0 };
  const call = { name, span, words, stdin: 'inherited' } as const;
  return readFlags(call, { flags, stopsAtOperand: true }).operands;
}
