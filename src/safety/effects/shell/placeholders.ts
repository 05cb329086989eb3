import type { Span } from '#runbook/yaml/source.ts';
import { words } from '#text/words.ts';
import { SSH_FLAGS } from './commands/remote.ts';
import { SHELL_FLAGS } from './commands/shells.ts';
import { WATCH_FLAGS } from './commands/wrappers.ts';
import { readFlags } from './flags.ts';
import { wordsOf } from './script.ts';
import type { ParseShell, ShellNode } from './tree/node.ts';
import type { Word, WordScope } from './words.ts';

/**
 * A position in which a value does not arrive as its exact text.
 * - `code`: a word that a shell parses again as code, e.g. after `ssh host`
 * - `evaluated`: where bash evaluates values: `(( ))`, `[[ ]]`, `${ }`, an index
 * - `quotes`: inside quotes, backquotes, a here-document or a comment
 */
export type SplicedPlace = 'code' | 'evaluated' | 'quotes';

/**
 * Returns the position of each placeholder in a script in which they are masked as quoted words;
 * undefined where its value arrives as it is, or the script cannot be parsed.
 */
export function splicedPlaces(
  script: string,
  offsets: readonly number[],
  parse: ParseShell,
): readonly (SplicedPlace | undefined)[] {
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

function placeOf(
  path: readonly ShellNode[],
  offset: number,
  script: string,
): SplicedPlace | undefined {
  const [own, ...around] = path;
  if (path.some(({ type }) => type === 'ERROR')) return undefined;
  const isMask = own?.type === 'raw_string' && own.span.start === offset;
  if (!isMask || around.some((node) => isBackquoted(node, script))) return 'quotes';
  const inner = around.filter(({ type }) => type !== 'concatenation');
  const [parent] = inner;
  if (parent?.type === 'command') return isReadAgain(parent, own, script) ? 'code' : undefined;
  if (parent?.type === 'array' && script.slice(parent.span.start, offset).includes('['))
    return 'evaluated';
  const isExact = EXACT.has(parent?.type) || isInSingleTest(inner);
  return isExact ? undefined : 'evaluated';
}

/** Nodes whose parts arrive as their exact text. */
const EXACT: ReadonlySet<string | undefined> = new Set(
  words(`command_name file_redirect herestring_redirect for_statement case_statement case_item
  variable_assignment array`),
);

function isBackquoted({ type, span }: ShellNode, script: string): boolean {
  // The grammar reads a dollar before a backquote as part of it.
  return type === 'command_substitution' && /^\$?`/.test(script.slice(span.start, span.start + 2));
}

/**
 * Returns whether a node is inside `[ ]`, which compares words literally; `[[ ]]` and `(( ))` may
 * evaluate them.
 */
function isInSingleTest(path: readonly ShellNode[]): boolean {
  const test = path.find(({ type }) => !EXPRESSIONS.has(type));
  return test?.type === 'test_command' && test.children[0]?.type === '[';
}

const EXPRESSIONS: ReadonlySet<string> = new Set(['binary_expression', 'unary_expression']);

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
  { names: /^(?:eval|let|parallel)$/, reads: (words) => words },
  { names: /^trap$/, reads: (words) => words.slice(0, 1) },
  { names: /^su$/, reads: commandsOfSu },
  { names: /^watch$/, reads: (words) => operandsOf('watch', words, WATCH_FLAGS) },
  { names: /^ssh$/, reads: (words) => operandsOf('ssh', words, SSH_FLAGS).slice(1) },
  {
    names: /^(?:\/(?:usr\/)?bin\/)?(?:ba|da|z|k|a)?sh$/,
    reads: (words) =>
      words.some(({ text }) => /^-\w*c/.test(text ?? ''))
        ? operandsOf('sh', words, SHELL_FLAGS).slice(0, 1)
        : [],
  },
];

/** The command of `su` follows `-c`, and its last word may go to the user's shell. */
function commandsOfSu(words: readonly Word[]): readonly Word[] {
  const isCommand = ({ text, prefix }: Word) => /^-(?:c|-command)/.test(text ?? prefix);
  return words.filter((word, index) => {
    const before = words[index - 1];
    return word === words.at(-1) || isCommand(word) || (before !== undefined && isCommand(before));
  });
}

function operandsOf(name: string, words: readonly Word[], flags: string): readonly Word[] {
  const span = words[0]?.span ?? { start: 0, end: 0 };
  const call = { name, span, words, stdin: 'inherited' } as const;
  return readFlags(call, { flags, stopsAtOperand: true }).operands;
}
