import type { ASTNode } from '@marcbachmann/cel-js';
import { closest } from '#text/suggest.ts';
import { type Diagnostic, errorAt } from '../diagnostic.ts';
import type { Span } from '../yaml/source.ts';
import { childrenOf } from './names-read.ts';

/** Names of functions and methods by which expressions can call them. */
export type KnownFunctions = {
  readonly functions: ReadonlySet<string>;
  readonly methods: ReadonlySet<string>;
};

const NUMBER = 'write int(x) or double(x)';
const SIZE = 'write x.size()';
const NO_CLOCK = 'an expression has no clock: let the statement or script compute the age';

/** Functions and methods of other languages, in lower case without `_`, and how CEL writes them. */
const FOREIGN: Readonly<Record<string, string>> = {
  ...same(NUMBER, 'toint', 'tointeger', 'parseint', 'atoi', 'integer', 'number', 'tonumber'),
  ...same(NUMBER, 'parsefloat', 'tofloat', 'todouble', 'float', 'tolong', 'num'),
  ...same(SIZE, 'len', 'length', 'count', 'strlen', 'rowcount'),
  ...same('write string(x)', 'str', 'tostring', 'text', 'sprintf', 'format'),
  ...same('write json(x)', 'tojson', 'stringify', 'dumps'),
  ...same('read it with parse: json, and use result.json', 'fromjson', 'parsejson', 'jsonparse'),
  ...same('write x.contains("text"), or "item" in list', 'includes', 'has', 'in', 'strcontains'),
  ...same('write x.startsWith("text")', 'startswith', 'hasprefix', 'beginswith'),
  ...same('write x.endsWith("text")', 'endswith', 'hassuffix'),
  ...same('write x.lowerAscii()', 'lower', 'tolower', 'tolowercase', 'downcase', 'lowercase'),
  ...same('write x.upperAscii()', 'upper', 'toupper', 'touppercase', 'upcase', 'uppercase'),
  ...same('write x.trim()', 'strip', 'trimspace', 'chomp', 'ltrim', 'rtrim'),
  ...same('write x.matches("pattern")', 'match', 'test', 'regex', 'regexp', 'like', 'search'),
  ...same('write x.indexOf("text")', 'find', 'index', 'position'),
  ...same('write x.substring(0, 3)', 'substr', 'slice', 'left'),
  ...same('write list.exists(x, x > 3)', 'any', 'some', 'anymatch'),
  ...same('write list.all(x, x > 3)', 'every', 'allmatch'),
  ...same('write list.filter(x, x > 3)', 'where', 'select', 'grep'),
  ...same('write x.size() == 0', 'isempty', 'empty', 'isblank'),
  ...same('write x != null', 'isnull', 'isnotnull', 'notnull', 'exists'),
  ...same('write has(x)', 'defined', 'isdefined', 'isset'),
  ...same(
    'write has(x) ? x : other',
    'default',
    'coalesce',
    'ifnull',
    'nvl',
    'getordefault',
    'get',
  ),
  ...same('write counted(x, "row", "rows")', 'plural', 'pluralize', 'plurals', 'ngettext'),
  ...same('write !x', 'not'),
  ...same('write list[0]', 'first', 'head'),
  ...same('write list.last()', 'tail'),
  ...same('write condition ? one : other', 'if', 'iif', 'ternary', 'case'),
  ...same('write round(x)', 'floor', 'ceil', 'trunc', 'tofixed'),
  ...same('compare both sides: x > 3 || x < -3', 'abs'),
  ...same('write [a, b].max()', 'greatest', 'maximum'),
  ...same('write [a, b].min()', 'least', 'minimum'),
  ...same('write list.sum()', 'total', 'add'),
  ...same('write list.sorted()', 'sort', 'sortby', 'orderby'),
  ...same('compute it in the statement or script', 'avg', 'mean', 'reverse', 'replace'),
  ...same(NO_CLOCK, 'now', 'today', 'time', 'date', 'currenttimestamp'),
  ...same('look at error.kind == "none"', 'success', 'succeeded'),
  ...same('look at error.kind != "none"', 'failure', 'failed', 'cancelled', 'always'),
};

function same(hint: string, ...names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(names.map((name) => [name, hint]));
}

/** Reports every call of a function or method that does not exist; returns whether there is one. */
export function checkFunctions(
  root: ASTNode,
  known: KnownFunctions,
  span: (start: number, end: number) => Span,
  problems: Diagnostic[],
): boolean {
  const unknown = callsIn(root).filter(({ name, isMethod }) => {
    const names = isMethod ? known.methods : known.functions;
    return !names.has(name);
  });
  for (const { name, isMethod, from } of unknown) {
    const start = Math.max(from, root.input.indexOf(name, from));
    const what = isMethod ? 'method' : 'function';
    const message = `this is not an expression: there is no ${what} ${name}()`;
    const hint = hintFor(name, isMethod, known);
    problems.push(errorAt('expression-syntax', span(start, start + name.length), message, hint));
  }
  return unknown.length > 0;
}

/** A call of a function or method; its name is the first of that text at or after `from`. */
type Call = { readonly name: string; readonly isMethod: boolean; readonly from: number };

function callsIn(node: ASTNode): readonly Call[] {
  const inner = childrenOf(node).flatMap(callsIn);
  if (node.op === 'call')
    return [{ name: node.args[0], isMethod: false, from: node.start }, ...inner];
  if (node.op === 'rcall')
    return [{ name: node.args[0], isMethod: true, from: node.args[1].end }, ...inner];
  return inner;
}

function hintFor(name: string, isMethod: boolean, { functions, methods }: KnownFunctions): string {
  const [own, other] = isMethod ? [methods, functions] : [functions, methods];
  if (other.has(name)) return isMethod ? `write ${name}(x)` : `write x.${name}(…)`;
  const foreign = foreignFunction(name);
  if (foreign !== undefined) return foreign;
  const near = closest(name, own);
  if (near !== undefined) return `did you mean "${near}"?`;
  const meant = closest(name, Object.keys(FOREIGN));
  if (meant !== undefined && name.length > 3) return FOREIGN[meant] ?? '';
  return isMethod ? `a text or list has ${USUAL_METHODS}` : `there are ${USUAL_FUNCTIONS}`;
}

/** Returns how CEL writes a function, method or property of another language, or undefined. */
export function foreignFunction(name: string): string | undefined {
  const key = name.toLowerCase().replaceAll('_', '');
  return Object.hasOwn(FOREIGN, key) ? FOREIGN[key] : undefined;
}

const USUAL_FUNCTIONS = 'size, int, double, string, bool, has, round, counted, json and duration';
const USUAL_METHODS = 'size, contains, startsWith, endsWith, matches, trim, split, exists and all';
