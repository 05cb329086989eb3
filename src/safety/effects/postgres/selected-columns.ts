import type { ParsePostgres } from './infer.ts';
import { readPostgres } from './problems.ts';
import { everyNode, namesIn, nodesIn, offsetOfByte, type PostgresNode } from './syntax.ts';

/** A column in a statement's result. */
export type SelectedColumn = {
  readonly name: string;
  /** The offset of its expression in the statement, in UTF-16 code units. */
  readonly at: number;
  /** True if its value depends on the time of the read, e.g. `now() - state_change`. */
  readonly isOfClock: boolean;
};

/** Functions whose result differs with each read. */
const CLOCKS: ReadonlySet<string> = new Set([
  ...['now', 'clock_timestamp', 'statement_timestamp', 'transaction_timestamp', 'timeofday'],
]);
const CLOCK_VALUE = /^SVFOP_(?:CURRENT_TIME|LOCALTIME)/;
/** Expressions whose value is usually the same at two nearby times. */
const COARSE: ReadonlySet<string> = new Set(['BoolExpr', 'CaseExpr', 'SubLink', 'NullTest']);
const ARITHMETIC: ReadonlySet<string> = new Set(['+', '-', '*', '/']);

/**
 * Returns the columns of a single SELECT that names each of them, in order. Returns undefined for
 * `*`, several statements, a union, or a text that cannot be parsed.
 */
export function selectedColumns(
  sql: string,
  parse: ParsePostgres,
): readonly SelectedColumn[] | undefined {
  const read = readPostgres(sql, parse);
  if (read.kind !== 'statements' || read.statements.length !== 1) return undefined;
  const node = read.statements[0]?.node;
  if (node?.type !== 'SelectStmt' || node.fields.op !== 'SETOP_NONE') return undefined;
  const targets = nodesIn(node.fields.targetList).filter(({ type }) => type === 'ResTarget');
  const columns = targets.flatMap(({ fields }): readonly SelectedColumn[] => {
    const [value] = nodesIn(fields.val);
    const name = typeof fields.name === 'string' ? fields.name : nameOf(value);
    if (name === undefined || value === undefined) return [];
    const at = typeof fields.location === 'number' ? offsetOfByte(sql, fields.location) : 0;
    return [{ name, at, isOfClock: isOfClock(value) }];
  });
  return columns.length > 0 && columns.length === targets.length ? columns : undefined;
}

/**
 * Returns the name that PostgreSQL derives for a column without an alias; undefined if it is not
 * covered here.
 */
function nameOf(value: PostgresNode | undefined): string | undefined {
  if (value?.type === 'ColumnRef') return namesIn(value.fields.fields).at(-1) || undefined;
  if (value?.type === 'FuncCall') return namesIn(value.fields.funcname).at(-1);
  return value?.type === 'TypeCast' ? nameOf(nodesIn(value.fields.arg)[0]) : undefined;
}

function isOfClock(value: PostgresNode): boolean {
  const nodes = [...everyNode(value)];
  return nodes.some(readsClock) && !nodes.some(isCoarse);
}

function readsClock({ type, fields }: PostgresNode): boolean {
  if (type === 'SQLValueFunction') return CLOCK_VALUE.test(String(fields.op));
  if (type !== 'FuncCall') return false;
  const name = namesIn(fields.funcname).at(-1) ?? '';
  return CLOCKS.has(name) || (name === 'age' && nodesIn(fields.args).length === 1);
}

function isCoarse({ type, fields }: PostgresNode): boolean {
  if (type === 'A_Expr') return !namesIn(fields.name).every((name) => ARITHMETIC.has(name));
  if (type === 'FuncCall') return namesIn(fields.funcname).at(-1) === 'date_trunc';
  return COARSE.has(type);
}
