import type { ASTNode } from '@marcbachmann/cel-js';
import type { Diagnostic } from './diagnostic.ts';
import type { Span } from './source.ts';

/** A name an expression reads, e.g. `result.row.used`. */
export type NameUse = { readonly path: readonly string[]; readonly span: Span };

/** What an expression reads, in the order of the text, and what is not part of the language in it. */
export type Uses = { readonly names: readonly NameUse[]; readonly refused: readonly Diagnostic[] };

type SpanOf = (start: number, end: number) => Span;
type Found = { readonly names: NameUse[]; readonly refused: Diagnostic[] };

/** Returns the names of an expression, each as far as it is written out; a macro's own are not among them. */
export function namesOf(expression: ASTNode, span: SpanOf): Uses {
  const found: Found = { names: [], refused: [] };
  collect(expression, new Set(), found, span);
  return found;
}

const MACROS = new Set(['map', 'filter', 'all', 'exists', 'exists_one']);

function collect(node: ASTNode, bound: ReadonlySet<string>, found: Found, span: SpanOf): void {
  const path = pathOf(node);
  if (path !== undefined) {
    if (!bound.has(path[0] ?? '')) found.names.push({ path, span: span(node.start, node.end) });
    return;
  }
  if (node.op === 'rcall' && node.args[0] === 'matches') {
    found.refused.push({
      severity: 'error',
      code: 'regex-unsupported',
      message: 'matches() is not available',
      span: span(node.start, node.end),
      hint: 'use contains(), startsWith() or endsWith(), or compare in the SQL',
    });
  }
  if (node.op === 'rcall' && MACROS.has(node.args[0])) {
    const [, receiver, [variable, ...rest]] = node.args;
    collect(receiver, bound, found, span);
    const inner = new Set(bound);
    if (variable?.op === 'id') inner.add(variable.args);
    for (const argument of rest) collect(argument, inner, found, span);
    return;
  }
  for (const child of childrenOf(node)) collect(child, bound, found, span);
}

function pathOf(node: ASTNode): readonly string[] | undefined {
  if (node.op === 'id') return [node.args];
  if (node.op === '.') {
    const base = pathOf(node.args[0]);
    return base === undefined ? undefined : [...base, node.args[1]];
  }
  if (node.op === '[]' && node.args[1].op === 'value' && typeof node.args[1].args === 'string') {
    const base = pathOf(node.args[0]);
    return base === undefined ? undefined : [...base, node.args[1].args];
  }
  return undefined;
}

/** Returns the parts of an expression, in the order of the text. */
export function childrenOf(node: ASTNode): readonly ASTNode[] {
  const children: ASTNode[] = [];
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) for (const inner of part) visit(inner);
    else if (isNode(part)) children.push(part);
  };
  visit(node.args);
  return children;
}

function isNode(part: unknown): part is ASTNode {
  return typeof part === 'object' && part !== null && 'op' in part && 'args' in part;
}
