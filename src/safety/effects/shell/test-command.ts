import { type Reason, unsure } from '../effect-report.ts';
import type { Call, Judging } from './judging.ts';
import { printsNumber } from './number-output.ts';
import type { ShellNode } from './tree.ts';
import { readWord, type Word } from './words.ts';

const GROUPS = new Set(['binary_expression', 'unary_expression', 'parenthesized_expression']);

/** Judges `[ … ]` and `[[ … ]]`, where some operators evaluate words as code. */
export function judgeTestCommand(node: ShellNode, judging: Judging): readonly Reason[] {
  const parts = flatten(node).slice(1, -1);
  const inner = parts.flatMap((part) => judging.statements(part, 'inherited'));
  const isDouble = node.children[0]?.type === '[[';
  const own = isDouble
    ? judgeDouble(parts, judging)
    : judgeWords(parts.map((part) => wordOf(part, judging)));
  return [...own, ...inner];
}

/** An operator stands for itself. */
function wordOf(part: ShellNode, judging: Judging): Word {
  const word = readWord([part], judging);
  const text = judging.script.slice(part.span.start, part.span.end);
  return part.type === text ? { ...word, text, prefix: text, count: 'one' } : word;
}

/** Judges `test …`. */
export function judgeTest({ words }: Call): readonly Reason[] {
  return judgeWords(words);
}

function flatten(node: ShellNode): readonly ShellNode[] {
  return node.children.flatMap((child) => (GROUPS.has(child.type) ? flatten(child) : [child]));
}

const OPERATOR = /^(?:-[a-uw-zA-QS-Z]|-(?:eq|ne|lt|le|gt|ge|nt|ot|ef)|==?|!=|<|>)$/;

/**
 * In `[ ]` a value may itself be taken for an operator, and `-v` evaluates the index of an array:
 * so a value that is not known has to stand beside an operator that is, as one word.
 */
function judgeWords(words: readonly Word[]): readonly Reason[] {
  return words.flatMap((word, index) => {
    const text = doubtAboutWord(word, words[index - 1], words[index + 1]);
    return text === undefined ? [] : [unsure(text, word.span)];
  });
}

function doubtAboutWord(
  word: Word,
  before: Word | undefined,
  after: Word | undefined,
): string | undefined {
  if (word.text === '-v' || word.text === '-R') {
    const isName = after === undefined || /^\w+$/.test(after.text ?? '');
    return isName ? undefined : '-v evaluates the index of an array';
  }
  if (word.text !== undefined) return undefined;
  if (word.count !== 'one') return 'quote this: its words may be operators';
  const isHeld = [before, after].some((one) => OPERATOR.test(one?.text ?? ''));
  const isLast = after === undefined && (before === undefined || before.text === '!');
  return isHeld || isLast || word.prefix !== ''
    ? undefined
    : 'this value may be taken for an operator';
}

/** In `[[ ]]` only comparisons of numbers and `-v` evaluate their words. */
function judgeDouble(parts: readonly ShellNode[], judging: Judging): readonly Reason[] {
  const text = (part: ShellNode) => judging.script.slice(part.span.start, part.span.end);
  const evaluates = parts.some((part) => /^-(?:eq|ne|lt|le|gt|ge|v|R)$/.test(text(part)));
  if (!evaluates) return [];
  return parts.flatMap((part) => {
    if (part.type === text(part) || part.type === 'test_operator') return [];
    const word = readWord([part], judging);
    const isNumber = /^\d+$/.test(word.text ?? '') || word.prefix === '0';
    const isCounted = part.type === 'command_substitution' && printsNumber(part, judging);
    return isNumber || isCounted
      ? []
      : [unsure('[[ ]] evaluates what it compares as numbers; use [ ] instead', word.span)];
  });
}
