import type { ASTNode } from '@marcbachmann/cel-js';
import type { Span } from '../yaml/source.ts';

/** A name an expression reads, e.g. `result.row.used`. */
export type NameUse = {
  readonly path: readonly string[];
  readonly span: Span;
  /** The steps the expression tests before it reads the name: by `status`, or with `has()`. */
  readonly guards: ReadonlySet<string>;
  /** The name is only tested for presence. */
  readonly isHas: boolean;
};

type SpanOf = (start: number, end: number) => Span;

/** The context of a part of an expression. */
type Around = {
  /** The names of macros. */
  readonly bound: ReadonlySet<string>;
  readonly guards: ReadonlySet<string>;
  readonly isHas: boolean;
};

const NOTHING: Around = { bound: new Set(), guards: new Set(), isHas: false };

/**
 * Returns the names of an expression, each as far as it is written out, without those of macros.
 */
export function namesOf(expression: ASTNode, span: SpanOf): readonly NameUse[] {
  const found: NameUse[] = [];
  collect(expression, NOTHING, found, span);
  return found;
}

const MACROS = new Set(['map', 'filter', 'all', 'exists', 'exists_one']);

function collect(node: ASTNode, around: Around, found: NameUse[], span: SpanOf): void {
  const path = pathOf(node);
  if (path !== undefined) {
    const { guards, isHas } = around;
    const isOwn = around.bound.has(path[0] ?? '');
    if (!isOwn) found.push({ path, span: span(node.start, node.end), guards, isHas });
    return;
  }
  if (node.op === 'rcall' && MACROS.has(node.args[0])) {
    const [, receiver, [variable, ...rest]] = node.args;
    collect(receiver, around, found, span);
    const bound = new Set(around.bound);
    if (variable?.op === 'id') bound.add(variable.args);
    for (const argument of rest) collect(argument, { ...around, bound }, found, span);
    return;
  }
  const decides = node.op === '&&' || node.op === '||' || node.op === '?:';
  const [first, ...rest] = childrenOf(node);
  if (first === undefined) return;
  const asked = isHas(node) ? { ...guardedBy(node, around), isHas: true } : around;
  collect(first, asked, found, span);
  const inner = decides ? guardedBy(first, around) : around;
  for (const child of rest) collect(child, inner, found, span);
}

function isHas(node: ASTNode): boolean {
  return node.op === 'call' && node.args[0] === 'has';
}

/** Adds the steps that a part of an expression tests. */
function guardedBy(node: ASTNode, around: Around): Around {
  const looked = stepsLookedAt(node, false);
  if (looked.length === 0) return around;
  return { ...around, guards: new Set([...around.guards, ...looked]) };
}

function stepsLookedAt(node: ASTNode, inHas: boolean): readonly string[] {
  const path = pathOf(node);
  const [root, id, field] = path ?? [];
  if (root === 'steps' && id !== undefined) return inHas || field === 'status' ? [id] : [];
  return childrenOf(node).flatMap((child) => stepsLookedAt(child, inHas || isHas(node)));
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

/** Returns the parts of an expression, in text order. */
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
