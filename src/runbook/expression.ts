import {
  Environment,
  EvaluationError,
  ParseError,
  type SourceRange,
  TypeError as TypeMismatch,
} from '@marcbachmann/cel-js';
import type { Diagnostic } from './diagnostic.ts';
import { checkingDivisors, DIVISOR } from './expression-division.ts';
import { type NameUse, namesOf } from './expression-names.ts';
import type { Span } from './source.ts';
import type { Value } from './value.ts';

/** What an expression can name. */
export type Scope = { readonly [name: string]: Value };

/** The value of an expression, or why it has none; a missing value is never taken for false. */
export type Evaluation =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string };

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
 * Compiles a CEL expression and checks that its functions and operators fit what they are given.
 * `offsets` maps offsets in `text` to the runbook file; problems are added to `problems` and yield
 * undefined.
 */
export function compileExpression(
  text: string,
  offsets: (offset: number) => number,
  problems: Diagnostic[],
  wanted: 'value' | 'condition' = 'value',
): Expression | undefined {
  const span = (start: number, end: number): Span => ({
    start: offsets(start),
    end: Math.max(offsets(start) + 1, offsets(Math.max(start, end - 1)) + 1),
  });
  try {
    const parsed = environment.parse(text);
    const uses = namesOf(parsed.ast, span);
    problems.push(...uses.refused);
    if (uses.refused.length > 0) return undefined;
    const program = environment.parse(checkingDivisors(parsed.ast, text));
    const checked = parsed.check();
    if (checked.error !== undefined) throw checked.error;
    if (wanted === 'condition' && !MAYBE_TRUE.has(checked.type ?? 'dyn')) {
      const is = `this is always a value of type ${checked.type}, never true or false`;
      problems.push(problem('wrong-type', span(0, text.length), is, 'compare it with something'));
      return undefined;
    }
    return {
      text,
      span: span(0, text.length),
      names: uses.names,
      evaluate: (scope) => evaluate(program, scope),
    };
  } catch (error) {
    const { range, summary } = placeOf(error);
    const place = range === undefined ? span(0, text.length) : span(range.start, range.end);
    const hint =
      text.trim() === ''
        ? 'leave the key out, or write a condition'
        : 'expressions are CEL, e.g. result.row.used >= 20 && error.kind == "none"';
    const message = `this is not an expression: ${summary}`;
    problems.push(problem('expression-syntax', place, message, hint));
    return undefined;
  }
}

const MAYBE_TRUE: ReadonlySet<string> = new Set(['bool', 'dyn']);

function problem(code: Diagnostic['code'], span: Span, message: string, hint: string): Diagnostic {
  return { severity: 'error', code, message, span, hint };
}

function placeOf(error: unknown): { readonly range?: SourceRange; readonly summary: string } {
  const isKnown = error instanceof ParseError || error instanceof TypeMismatch;
  if (!isKnown) return { summary: String(error) };
  const { range } = error;
  const summary = reworded(error.summary);
  return range === undefined ? { summary } : { range, summary };
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

function evaluate(program: (scope: Scope) => unknown, scope: Scope): Evaluation {
  try {
    return { ok: true, value: normal(program(scope)) };
  } catch (error) {
    const known = error instanceof EvaluationError;
    return { ok: false, reason: known ? reworded(error.summary) : String(error) };
  }
}

const REWORDED: readonly (readonly [RegExp, string])[] = [
  [/^No such key: index out of bounds.*$/, 'the list is not that long'],
  [/^(?:No such key|Unknown variable): (.*)$/, 'there is no "$1"'],
  [/^no such overload: (.*)$/, '$1 has no value'],
  [/^found no matching overload for '(?:dyn\.)?(.*)'$/, 'there is no function $1'],
  [/^Unexpected token: EOF$/, 'it ends too early'],
];

/** Says what CEL says in words that fit on a screen beside the condition. */
function reworded(summary: string): string {
  const plain = summary.replaceAll(/dyn<(\w+)>/g, '$1');
  const [pattern, words] = REWORDED.find(([known]) => known.test(plain)) ?? [];
  return pattern === undefined || words === undefined ? plain : plain.replace(pattern, words);
}

/** Throws for zero: of decimals CEL would make an infinity, and of that a branch taken by accident. */
function divisor(value: bigint | number): bigint | number {
  if (Number(value) === 0) throw new EvaluationError('division by zero');
  return value;
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
  made.registerFunction(`${DIVISOR}(dyn): dyn`, divisor);
  made.registerFunction('round(double): int', (a: number) => BigInt(Math.round(a)));
  made.registerFunction('round(int): int', (a: bigint) => a);
  return made;
}
