import type { ASTNode } from '@marcbachmann/cel-js';
import { childrenOf } from './names-read.ts';

/** The function that divisors are passed through. */
export const DIVISOR = '_divisor';
/** The method that stands in for `matches()`. */
export const MATCHES = '_matches';

type Edit = { readonly start: number; readonly end: number; readonly text: string };

/**
 * Returns the text of an expression with each divisor passed through {@link DIVISOR}, each
 * `matches()` called {@link MATCHES}, and each `has()` of a path asked for every part of the path, so
 * that it is false wherever the path ends.
 */
export function rewritten(expression: ASTNode, text: string): string {
  return editsOf(expression)
    .toSorted((a, b) => b.start - a.start || b.end - a.end)
    .reduce(
      (result, { start, end, text: put }) => result.slice(0, start) + put + result.slice(end),
      text,
    );
}

/** Returns the edits in the order of their making: of two at one place, the later one goes before. */
function editsOf(node: ASTNode): readonly Edit[] {
  const inner = childrenOf(node).flatMap(editsOf);
  if (node.op === '/' || node.op === '%') {
    const { start, end } = node.args[1];
    return [...inner, insert(start, `${DIVISOR}(`), insert(end, ')')];
  }
  if (node.op === 'rcall' && node.args[0] === 'matches') {
    const [, receiver] = node.args;
    const start = node.input.indexOf('matches', receiver.end);
    return [...inner, { start, end: start + 'matches'.length, text: MATCHES }];
  }
  if (node.op === 'call' && node.args[0] === 'has') {
    const [operand] = node.args[1];
    const before = operand === undefined ? [] : pathsBefore(operand);
    const asked = before.map((path) => `has(${path}) && `).join('');
    return asked === ''
      ? inner
      : [...inner, insert(node.start, `(${asked}`), insert(node.end, ')')];
  }
  return inner;
}

/** Returns the paths that a path goes through, the shortest first: of `a.b.c` it is `a.b`. */
function pathsBefore(node: ASTNode): readonly string[] {
  if (node.op !== '.') return [];
  const [before] = node.args;
  if (before.op !== '.') return [];
  return [...pathsBefore(before), before.input.slice(before.start, before.end)];
}

function insert(at: number, text: string): Edit {
  return { start: at, end: at, text };
}
