import {
  type ASTNode,
  Environment,
  EvaluationError,
  ParseError,
  type ParseResult,
  type SourceRange,
  TypeError as TypeMismatch,
} from '@marcbachmann/cel-js';
import { counted } from '#text/count.ts';
import { type Diagnostic, errorAt } from '../diagnostic.ts';
import type { Value } from '../model/value.ts';
import { jsonText } from '../model/value.ts';
import { ANY, typeName, type ValueType } from '../model/value-type.ts';
import type { Span } from '../yaml/source.ts';
import { foreignSyntax } from './foreign-syntax.ts';
import { checkFunctions, type KnownFunctions } from './functions.ts';
import { checkNames, type Names } from './known-names.ts';
import { LIST_METHODS } from './list-methods.ts';
import { type NameUse, namesOf } from './names-read.ts';
import { compileRegex } from './regex.ts';
import { DIVISOR, MATCHES, rewritten } from './rewriting.ts';
import { checkTypes } from './types.ts';
import { metered, TOO_MUCH_WORK, Work } from './work.ts';

/** The names an expression can read, with their values. */
export type Scope = { readonly [name: string]: Value };

/** The value of an expression, or why it has none; a missing value is never treated as false. */
export type Evaluation =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly reason: string };

/** A checked CEL expression with its place in the runbook: data, which {@link evaluate} computes. */
export type Expression = {
  readonly text: string;
  /** The text that is evaluated, in which division by zero and bad patterns have no value. */
  readonly program: string;
  readonly span: Span;
  /** Every name it reads, each as far as it is written out, in text order. */
  readonly names: readonly NameUse[];
  /** The alternatives of its `? :`, each as written; without one, the whole expression. */
  readonly choices: readonly string[];
  /** The type of its value, as far as it is known. */
  readonly type: ValueType;
};

const environment = mixedArithmetic();
const FUNCTIONS = functionsOf(environment);

/** The type that an expression has to have. */
export type Wanted = 'value' | 'condition' | 'list' | 'number';

/** The purpose of an expression and the names it may read. */
type ExpressionUse = {
  readonly wanted?: Wanted;
  /** The names in scope; without them neither names nor types are checked. */
  readonly names?: Names | undefined;
};

/**
 * Compiles a CEL expression and checks the types of its functions and operators and that every name
 * can exist. `offsets` maps offsets in `text` to the runbook file; problems are added to
 * `problems`. A syntax error yields undefined.
 */
export function compileExpression(
  text: string,
  offsets: (offset: number) => number,
  problems: Diagnostic[],
  { wanted = 'value', names }: ExpressionUse = {},
): Expression | undefined {
  const span = (start: number, end: number): Span => ({
    start: offsets(start),
    end: Math.max(offsets(start) + 1, offsets(Math.max(start, end - 1)) + 1),
  });
  try {
    const parsed = environment.parse(text);
    const uses = namesOf(parsed.ast, span);
    const before = problems.length;
    if (names !== undefined) checkNames(uses, names, problems);
    if (checkFunctions(parsed.ast, FUNCTIONS, span, problems)) return undefined;
    const checked = parsed.check();
    if (checked.error !== undefined) throw checked.error;
    const isKnown = problems.length === before;
    const type = isKnown ? checkTypes(parsed.ast, names ?? {}, span, problems) : ANY;
    if (isKnown && problems.length > before) return undefined;
    const isWrong = wrongType(type, checked.type ?? 'dyn', wanted);
    if (isWrong !== undefined) {
      problems.push(errorAt('wrong-type', span(0, text.length), ...isWrong));
      return undefined;
    }
    const choices = choicesOf(parsed.ast);
    return {
      text,
      program: rewritten(parsed.ast, text),
      span: span(0, text.length),
      names: uses,
      choices: choices.map(({ start, end }) => text.slice(start, end).trim()),
      type,
    };
  } catch (error) {
    problems.push(syntaxProblem(error, text, span));
    return undefined;
  }
}

function syntaxProblem(
  error: unknown,
  text: string,
  spanOf: (start: number, end: number) => Span,
): Diagnostic {
  const { range = { start: 0, end: text.length }, summary } = placeOf(error);
  const foreign = error instanceof ParseError ? foreignSyntax(text, range.start) : undefined;
  const what = foreign === undefined ? summary : `CEL has no "${foreign.written}"`;
  const { start, end } = foreign?.span ?? range;
  const usual =
    text.trim() === ''
      ? 'leave the key out, or write a condition'
      : 'expressions are CEL, e.g. result.row.used >= 20 && error.kind == "none"';
  const message = `this is not an expression: ${what}`;
  return errorAt('expression-syntax', spanOf(start, end), message, foreign?.hint ?? usual);
}

function choicesOf(node: ASTNode): readonly ASTNode[] {
  if (node.op !== '?:') return [node];
  const [, yes, no] = node.args;
  return [...choicesOf(yes), ...choicesOf(no)];
}

/** Returns the type error of an expression that has another type than required, with a hint. */
function wrongType(
  type: ValueType,
  celType: string,
  wanted: Wanted,
): readonly [message: string, hint: string] | undefined {
  if (wanted === 'value') return undefined;
  const kind = wanted === 'condition' ? 'boolean' : wanted;
  const isPossible = type.kind === 'any' ? POSSIBLE[kind].test(celType) : type.kind === kind;
  if (isPossible) return undefined;
  const what = type.kind === 'any' ? `a value of type ${celType}` : typeName(type);
  const [never, hint] = NEVER[wanted];
  return [`this is always ${what}, never ${never}`, hint];
}

const POSSIBLE = {
  list: /^(dyn|list)/,
  boolean: /^(dyn|bool)$/,
  number: /^(dyn|u?int|double)$/,
} as const;

const NEVER = {
  list: ['a list', 'name a list, e.g. steps.look.rows or ["a", "b"]'],
  condition: ['true or false', 'compare it with something'],
  number: ['a number', 'compute a number, e.g. inputs.wanted - steps.look.row.free'],
} as const;

function placeOf(error: unknown): { readonly range?: SourceRange; readonly summary: string } {
  const isKnown = error instanceof ParseError || error instanceof TypeMismatch;
  if (!isKnown) return { summary: String(error) };
  const { range } = error;
  const summary = reworded(error.summary);
  return range === undefined ? { summary } : { range, summary };
}

/** Returns the value of an expression, or why it has none. */
export function evaluate(expression: Expression, scope: Scope): Evaluation {
  const known = EVALUATORS.get(expression);
  if (known !== undefined) return known(scope);
  const evaluator = evaluatorOf(environment.parse(expression.program));
  EVALUATORS.set(expression, evaluator);
  return evaluator(scope);
}

type Evaluator = (scope: Scope) => Evaluation;

/** Compiled on first use: of a runbook's expressions a run evaluates few. */
const EVALUATORS = new WeakMap<Expression, Evaluator>();

/** Evaluates a condition; anything but true or false is undecidable. */
export function decide(
  condition: Expression,
  scope: Scope,
): { readonly value: boolean } | { readonly value: undefined; readonly reason: string } {
  const evaluation = evaluate(condition, scope);
  if (!evaluation.ok) return { value: undefined, reason: evaluation.reason };
  if (typeof evaluation.value === 'boolean') return { value: evaluation.value };
  return { value: undefined, reason: `"${condition.text}" is neither true nor false` };
}

/** Exceeding the work limit yields no value, even where the rest would have had one without it. */
function evaluatorOf(program: ParseResult): Evaluator {
  const work = new Work();
  metered(program.ast, work);
  return (scope) => {
    work.begin();
    try {
      const value = normal(program(scope), work);
      return work.isExceeded ? { ok: false, reason: TOO_MUCH_WORK } : { ok: true, value };
    } catch (error) {
      if (work.isExceeded) return { ok: false, reason: TOO_MUCH_WORK };
      const known = error instanceof EvaluationError;
      return { ok: false, reason: known ? reworded(error.summary) : String(error) };
    }
  };
}

const REWORDED: readonly (readonly [RegExp, string])[] = [
  [/^No such key: index out of bounds.*$/, 'the list is not that long'],
  [/^(?:No such key|Unknown variable): (.*)$/, 'there is no "$1"'],
  [/^no such overload: (.*)$/, '$1 has no value'],
  [/^found no matching overload for 'null\.(\w+)\(.*'$/, 'null has no $1()'],
  [/^found no matching overload for '(?:dyn\.)?(.*)'$/, 'there is no function $1'],
  [/^Unexpected token: EOF$/, 'it ends too early'],
];

/** Rephrases a message of CEL so that it fits beside the condition on a screen. */
function reworded(summary: string): string {
  const plain = summary.replaceAll(/dyn<(\w+)>/g, '$1').replaceAll(MATCHES, 'matches');
  const [pattern, words] = REWORDED.find(([known]) => known.test(plain)) ?? [];
  return pattern === undefined || words === undefined ? plain : plain.replace(pattern, words);
}

/**
 * Throws for zero: CEL divides a decimal by it to infinity, which would choose a branch by
 * accident.
 */
function divisor(value: bigint | number): bigint | number {
  if (Number(value) === 0) throw new EvaluationError('division by zero');
  return value;
}

/** Returns whether a part of a text matches; an invalid pattern has no value. */
function matches(text: string, pattern: string): boolean {
  const { regex, problem: wrong } = compileRegex(pattern);
  if (regex === undefined)
    throw new EvaluationError(`the pattern cannot be used: ${wrong.message}`);
  return regex.matches(text);
}

/** Converts CEL's own objects (durations, timestamps) to text, and small integers to numbers. */
function normal(value: unknown, work: Work): Value {
  work.spend(1);
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string')
    return value;
  if (Array.isArray(value)) return value.map((item) => normal(item, work));
  if (value instanceof Date) return value.toISOString();
  if (typeof value === 'object' && Object.getPrototypeOf(value) === Object.prototype)
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, normal(inner, work)]),
    );
  return String(value);
}

/** Returns the functions and methods that an expression can call, macros included. */
function functionsOf(made: Environment): KnownFunctions {
  const all = made.getDefinitions().functions.filter(({ name }) => !name.startsWith('_'));
  const named = (isMethod: boolean) =>
    new Set(
      all.flatMap(({ name, receiverType }) => ((receiverType !== null) === isMethod ? name : [])),
    );
  return { functions: named(false), methods: named(true) };
}

/** Database numbers arrive as decimals and CEL literals as integers: the two must mix. */
function mixedArithmetic(): Environment {
  const made = new Environment({
    unlistedVariablesAreDyn: true,
    // A list may hold the words of a command beside values whose type is only known in a run.
    homogeneousAggregateLiterals: false,
  });
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
  made.registerFunction(`string.${MATCHES}(string): bool`, matches);
  made.registerFunction('json(dyn): string', (value: unknown) =>
    jsonText(normal(value, new Work())),
  );
  for (const [name, { of }] of Object.entries(LIST_METHODS))
    made.registerFunction(`list.${name}(): dyn`, of);
  made.registerFunction('round(double): int', (a: number) => BigInt(Math.round(a)));
  made.registerFunction('round(int): int', (a: bigint) => a);
  for (const number of ['int', 'double']) {
    const inAgreement = (count: bigint | number, one: string, many?: string) =>
      counted(Number(count), one, many);
    made.registerFunction(`counted(${number}, string): string`, inAgreement);
    made.registerFunction(`counted(${number}, string, string): string`, inAgreement);
  }
  return made;
}
