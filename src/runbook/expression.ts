import { type ASTNode, Environment, EvaluationError, ParseError } from '@marcbachmann/cel-js';
import type { Diagnostic } from './diagnostic.ts';
import type { Span } from './source.ts';
import type { Value } from './value.ts';

/** What an expression can name. */
export type Scope = { readonly [name: string]: Value };

/** The value of an expression, or why it has none; a missing value is never taken for false. */
export type Evaluation =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string };

/** A name an expression reads, e.g. `result.row.used`. */
export type NameUse = { readonly path: readonly string[]; readonly span: Span };

/** A compiled CEL expression with its place in the runbook. */
export type Expression = {
  readonly text: string;
  readonly span: Span;
  /** Every name it reads, each as far as it is written out, in the order of the text. */
  readonly names: readonly NameUse[];
  readonly evaluate: (scope: Scope) => Evaluation;
};

const environment = mixedArithmetic();

/**
 * Compiles a CEL expression. `offsets` maps offsets in `text` to the runbook file; problems are
 * added to `problems` and yield undefined.
 */
export function compileExpression(
  text: string,
  offsets: (offset: number) => number,
  problems: Diagnostic[],
): Expression | undefined {
  const span = (start: number, end: number): Span => ({
    start: offsets(start),
    end: Math.max(offsets(start) + 1, offsets(Math.max(start, end - 1)) + 1),
  });
  try {
    const parsed = environment.parse(text);
    const uses: Uses = { names: [], refused: [] };
    collect(parsed.ast, new Set(), uses, span);
    problems.push(...uses.refused);
    if (uses.refused.length > 0) return undefined;
    return {
      text,
      span: span(0, text.length),
      names: uses.names,
      evaluate: (scope) => evaluate(parsed, scope),
    };
  } catch (error) {
    const range = error instanceof ParseError ? error.range : undefined;
    problems.push({
      severity: 'error',
      code: 'expression-syntax',
      message: `this is not an expression: ${error instanceof ParseError ? error.summary : String(error)}`,
      span: range === undefined ? span(0, text.length) : span(range.start, range.end),
      hint: 'expressions are CEL, e.g. result.row.used >= 20 && error.kind == "none"',
    });
    return undefined;
  }
}

/** Evaluates a condition; anything but true or false is undecidable. */
export function decide(
  condition: Expression,
  scope: Scope,
): { readonly value: boolean } | { readonly value: undefined; readonly reason: string } {
  const evaluation = condition.evaluate(scope);
  if (!evaluation.ok) return { value: undefined, reason: evaluation.reason };
  if (typeof evaluation.value === 'boolean') return { value: evaluation.value };
  return { value: undefined, reason: `"${condition.text}" is neither true nor false` };
}

function evaluate(parsed: (scope: Scope) => unknown, scope: Scope): Evaluation {
  try {
    return { ok: true, value: normal(parsed(scope)) };
  } catch (error) {
    const known = error instanceof EvaluationError;
    return { ok: false, reason: known ? error.summary : String(error) };
  }
}

/** CEL's own objects (durations, timestamps) leave an expression as text, small integers as numbers. */
function normal(value: unknown): Value {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return value;
  if (Array.isArray(value)) return value.map(normal);
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, normal(inner)]));
  return String(value);
}

/** Database numbers arrive as decimals and CEL literals as integers: the two have to mix. */
function mixedArithmetic(): Environment {
  const made = new Environment({ unlistedVariablesAreDyn: true });
  const operations = {
    '+': (a: number, b: number) => a + b,
    '-': (a: number, b: number) => a - b,
    '*': (a: number, b: number) => a * b,
    '/': (a: number, b: number) => a / b,
    '%': (a: number, b: number) => a % b,
  };
  for (const [sign, operation] of Object.entries(operations)) {
    const mixed = (a: bigint | number, b: bigint | number) => operation(Number(a), Number(b));
    made.registerOperator(`int ${sign} double`, mixed);
    made.registerOperator(`double ${sign} int`, mixed);
  }
  made.registerOperator('double % double', operations['%']);
  made.registerOperator('int == double', (a: bigint, b: number) => Number(a) === b);
  made.registerFunction('round(double): int', (a: number) => BigInt(Math.round(a)));
  made.registerFunction('round(int): int', (a: bigint) => a);
  return made;
}

type Uses = { readonly names: NameUse[]; readonly refused: Diagnostic[] };
type SpanOf = (start: number, end: number) => Span;

const MACROS = new Set(['map', 'filter', 'all', 'exists', 'exists_one']);

function collect(node: ASTNode, bound: ReadonlySet<string>, uses: Uses, span: SpanOf): void {
  const path = pathOf(node);
  if (path !== undefined) {
    if (!bound.has(path[0] ?? '')) uses.names.push({ path, span: span(node.start, node.end) });
    return;
  }
  if (node.op === 'rcall' && node.args[0] === 'matches') {
    uses.refused.push({
      severity: 'error',
      code: 'regex-unsupported',
      message: 'matches() is not available',
      span: span(node.start, node.end),
      hint: 'use contains(), startsWith() or endsWith(), or compare in the SQL',
    });
  }
  if (node.op === 'rcall' && MACROS.has(node.args[0])) {
    const [, receiver, [variable, ...rest]] = node.args;
    collect(receiver, bound, uses, span);
    const inner = new Set(bound);
    if (variable?.op === 'id') inner.add(variable.args);
    for (const argument of rest) collect(argument, inner, uses, span);
    return;
  }
  for (const child of childrenOf(node)) collect(child, bound, uses, span);
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

function childrenOf(node: ASTNode): readonly ASTNode[] {
  const found: ASTNode[] = [];
  const visit = (part: unknown): void => {
    if (Array.isArray(part)) for (const inner of part) visit(inner);
    else if (isNode(part)) found.push(part);
  };
  visit(node.args);
  return found;
}

function isNode(part: unknown): part is ASTNode {
  return typeof part === 'object' && part !== null && 'op' in part && 'args' in part;
}
