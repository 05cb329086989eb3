import { type Reason, unsure } from '../../report.ts';
import type { Call, Judging } from '../judging.ts';
import type { ShellNode } from '../tree/node.ts';
import { readWord, type Word } from '../words.ts';

const GROUPS = new Set(['binary_expression', 'unary_expression']);

/** Judges `[ … ]` and `[[ … ]]`. */
export function judgeTestCommand(node: ShellNode, judging: Judging): readonly Reason[] {
  const parts = flatten(node).slice(1, -1);
  const isDouble = node.children[0]?.type === '[[';
  return [
    ...judgeWords(
      parts.map((part) => wordOf(part, judging)),
      isDouble ? STRINGS : NUMBERS,
      judging,
      judging.outer(node.span),
    ),
    ...parts.flatMap((part) =>
      isOperator(part, judging) ? [] : judging.statements(part, 'output'),
    ),
  ];
}

/** Judges `test …`. */
export function judgeTest({ words, span }: Call, judging: Judging): readonly Reason[] {
  return judgeWords(words, NUMBERS, judging, span);
}

function flatten(node: ShellNode): readonly ShellNode[] {
  return node.children.flatMap((child) => (GROUPS.has(child.type) ? flatten(child) : [child]));
}

function isOperator({ type, span }: ShellNode, { script }: Judging): boolean {
  return type === script.slice(span.start, span.end);
}

/** Reads a part of a test as a word. An operator stands for itself. */
function wordOf(part: ShellNode, judging: Judging): Word {
  const word = readWord([part], judging);
  const text = judging.script.slice(part.span.start, part.span.end);
  return isOperator(part, judging) ? { ...word, text, prefix: text, count: 'one' } : word;
}

const UNARY = /^-[a-hknprstuwxzGLNOS]$/;
/** The operators of `[[ ]]` that compare strings: it evaluates numbers as code. */
const STRINGS = /^(?:==?|!=)$/;
const NUMBERS = /^(?:==?|!=|-(?:eq|ne|lt|le|gt|ge|nt|ot|ef))$/;

/** Operators with numbers, which ksh and zsh evaluate as arithmetic. */
const COUNTS = /^-(?:eq|ne|lt|le|gt|ge|t)$/;

/** Returns whether a word may hold code for an evaluated number. `$?` and its like are digits. */
export function isCode({ text, prefix }: Word): boolean {
  return text === undefined ? prefix !== '0' : /[[$`(]/.test(text) && text !== '[';
}

/**
 * Judges the words of a test: one comparison, one file or string test, or one value, each part a
 * single word.
 */
function judgeWords(
  words: readonly Word[],
  binary: RegExp,
  { dialect }: Judging,
  span: Word['span'],
): readonly Reason[] {
  const [first, second, third] = words[0]?.text === '!' ? words.slice(1) : words;
  const length = words.length - (words[0]?.text === '!' ? 1 : 0);
  const isTest =
    (length === 3 && binary.test(second?.text ?? '') && third !== undefined) ||
    (length === 2 && UNARY.test(first?.text ?? '')) ||
    length === 1;
  const counts = words.some(({ text }) => COUNTS.test(text ?? ''));
  if (dialect === 'any' && counts && words.some(isCode))
    return [unsure('this shell may evaluate a value that is compared as a number', span)];
  return isTest && words.every(({ count }) => count === 'one')
    ? []
    : [unsure('only one comparison of quoted words is proven to only read', span)];
}
