import type { ASTNode } from '@marcbachmann/cel-js';
import { childrenOf } from './names-read.ts';

/** The function that divisors are passed through. */
export const DIVISOR = '_divisor';
/** The method that stands in for `matches()`. */
export const MATCHES = '_matches';

type Edit = { readonly start: number; readonly end: number; readonly text: string };

/**
 * Returns the text of an expression with each divisor passed through {@link DIVISOR}, and each
 * `matches()` called {@link MATCHES}.
 */
export function rewritten(expression: ASTNode, text: string): string {
  return editsOf(expression)
    .toSorted((a, b) => b.start - a.start || b.end - a.end)
    .reduce(
      (result, { start, end, text: put }) => result.slice(0, start) + put + result.slice(end),
      text,
    );
}

function editsOf(node: ASTNode): readonly Edit[] {
  const inner = childrenOf(node).flatMap(editsOf);
  if (node.op === '/' || node.op === '%') {
    const { start, end } = node.args[1];
    return [insert(start, `${DIVISOR}(`), ...inner, insert(end, ')')];
  }
  if (node.op === 'rcall' && node.args[0] === 'matches') {
    const [, receiver] = node.args;
    const start = node.input.indexOf('matches', receiver.end);
    return [...inner, { start, end: start + 'matches'.length, text: MATCHES }];
  }
  return inner;
}

function insert(at: number, text: string): Edit {
  return { start: at, end: at, text };
}
