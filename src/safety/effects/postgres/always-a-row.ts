import type { ParsePostgres } from './infer.ts';
import { readPostgres } from './problems.ts';
import { everyNode, namesIn, nodesIn, type PostgresNode } from './syntax.ts';

/** Aggregates of PostgreSQL; one without GROUP BY gives a row even of no rows. */
const AGGREGATE =
  /^(?:count|sum|min|max|avg|bool_and|bool_or|every|any_value|mode|percentile_\w+|(?:json|jsonb|string|array|xml)_(?:object_)?agg)$/;

/**
 * Returns whether a statement is proven to return a row whatever it finds: a `SHOW`, a SELECT of
 * aggregates that is not grouped, or one from sources that each have a row. False for a text that
 * cannot be parsed.
 */
export function alwaysHasRow(sql: string, parse: ParsePostgres): boolean {
  const read = readPostgres(sql, parse);
  const [statement, ...others] = read.kind === 'statements' ? read.statements : [];
  if (statement === undefined || others.length > 0) return false;
  return statement.node.type === 'VariableShowStmt' || hasRow(statement.node, new Map());
}

/** The queries that WITH has named. */
type Named = ReadonlyMap<string, PostgresNode>;

function hasRow({ type, fields }: PostgresNode, around: Named): boolean {
  if (type !== 'SelectStmt' || fields.op !== 'SETOP_NONE') return false;
  const { groupClause, havingClause, limitCount, limitOffset, whereClause, fromClause } = fields;
  if ([groupClause, havingClause, limitOffset].some((one) => nodesIn(one).length > 0)) return false;
  if (nodesIn(limitCount).some((limit) => !isPositive(limit))) return false;
  if (nodesIn(fields.targetList).some(aggregates)) return true;
  if (nodesIn(whereClause).length > 0) return false;
  const named = new Map([...around, ...queriesOf(fields.withClause)]);
  return nodesIn(fromClause).every((source) => sourceHasRow(source, named));
}

function isPositive({ fields }: PostgresNode): boolean {
  return JSON.stringify(fields.ival ?? {}) !== '{}';
}

function queriesOf(withClause: unknown): readonly (readonly [string, PostgresNode])[] {
  const { ctes } = (withClause ?? {}) as { readonly ctes?: unknown };
  return nodesIn(ctes).flatMap(({ fields }): readonly (readonly [string, PostgresNode])[] => {
    const [query] = nodesIn(fields.ctequery);
    return query === undefined ? [] : [[String(fields.ctename), query]];
  });
}

function sourceHasRow({ type, fields }: PostgresNode, named: Named): boolean {
  if (type === 'RangeSubselect') return nodesIn(fields.subquery).every((one) => hasRow(one, named));
  if (type === 'RangeVar') {
    const query = named.get(String(fields.relname));
    return query !== undefined && hasRow(query, named);
  }
  if (type !== 'JoinExpr') return false;
  const [left, right] = [nodesIn(fields.larg)[0], nodesIn(fields.rarg)[0]];
  if (left === undefined || right === undefined || !sourceHasRow(left, named)) return false;
  if (fields.jointype === 'JOIN_LEFT') return true;
  return nodesIn(fields.quals).length === 0 && sourceHasRow(right, named);
}

/** Returns whether an output column aggregates the rows of its own query. */
function aggregates(target: PostgresNode): boolean {
  const inner = new Set(
    [...everyNode(target)]
      .filter(({ type }) => type === 'SubLink')
      .flatMap((link) => [...everyNode(link)].map(({ fields }) => fields)),
  );
  return [...everyNode(target)].some(({ type, fields }) => {
    if (type !== 'FuncCall' || inner.has(fields) || fields.over !== undefined) return false;
    return AGGREGATE.test(namesIn(fields.funcname).at(-1) ?? '');
  });
}
