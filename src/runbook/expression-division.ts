import type { ASTNode } from '@marcbachmann/cel-js';
import { childrenOf } from './expression-names.ts';

/** The function that divisors are passed through. */
export const DIVISOR = '_divisor';

/** Returns the text of an expression with each divisor passed through {@link DIVISOR}. */
export function checkingDivisors(expression: ASTNode, text: string): string {
  const inserts = divisorsOf(expression).flatMap(({ start, end }) => [
    { at: start, text: `${DIVISOR}(` },
    { at: end, text: ')' },
  ]);
  return inserts
    .toSorted((a, b) => b.at - a.at)
    .reduce(
      (result, insert) => result.slice(0, insert.at) + insert.text + result.slice(insert.at),
      text,
    );
}

function divisorsOf(node: ASTNode): readonly ASTNode[] {
  const inner = childrenOf(node).flatMap(divisorsOf);
  return node.op === '/' || node.op === '%' ? [...inner, node.args[1]] : inner;
}
