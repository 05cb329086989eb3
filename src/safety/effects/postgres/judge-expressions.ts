import type { Span } from '#runbook/yaml/source.ts';
import { known, type Reason, unsure } from '../report.ts';
import { isBuiltInOperator, isBuiltInType, returnsRows } from './built-in.ts';
import { effectOfFunction } from './changing-functions.ts';
import { fromItemsIn, isColumnOf } from './from-items.ts';
import { isHarmlessFunction } from './harmless-functions.ts';
import { effectOfStatement, HARMLESS_NODES } from './statements.ts';
import { everyNode, namesIn, nodesIn, offsetOfByte, type PostgresNode } from './syntax.ts';
import { isSystemColumn } from './system-columns.ts';

/** The text that the spans of nodes refer to. */
export type Place = {
  readonly sql: string;
  /** The span of the statement. */
  readonly span: Span;
  /** True if the statement is only planned: only functions that planning may call count. */
  readonly onlyPlanned?: boolean;
};

/** Returns the reasons against a read in all expressions of a statement. */
export function judgeExpressions(root: PostgresNode, place: Place): readonly Reason[] {
  const items = fromItemsIn(root);
  const reasons: Reason[] = [];
  for (const node of everyNode(root)) {
    const reason = judgeNode(node, node === root, items, place);
    if (reason !== undefined) reasons.push(reason);
  }
  return reasons;
}

type Items = ReturnType<typeof fromItemsIn>;

function judgeNode(
  node: PostgresNode,
  isRoot: boolean,
  items: Items,
  place: Place,
): Reason | undefined {
  const { type, fields } = node;
  switch (type) {
    case 'FuncCall':
      return judgeFunction(node, place);
    case 'ColumnRef':
      return judgeColumn(node, items, place);
    case 'A_Indirection':
      return judgeAttributes(node, place);
    case 'A_Expr':
      return judgeOperator(fields.name, node, place);
    case 'SubLink':
      return judgeOperator(fields.operName, node, place);
    case 'SortBy':
      return judgeOperator(fields.useOp, node, place);
    case 'TypeName':
      return judgeType(node, place);
    case 'RangeTableSample':
      return judgeSample(node, place);
    case 'SelectStmt':
      return fields.intoClause === undefined
        ? undefined
        : known('change', 'SELECT INTO creates a table', place.span);
    default:
  }
  if (HARMLESS_NODES.has(type) || isRoot) return undefined;
  const effect = effectOfStatement(type);
  if (effect === undefined) return unsure(`${type} is not known to only read`, spanOf(node, place));
  return place.onlyPlanned === true ? undefined : known(effect.effect, effect.text, place.span);
}

function judgeFunction(node: PostgresNode, place: Place): Reason | undefined {
  const names = namesIn(node.fields.funcname);
  const name = names.at(-1) ?? '';
  const span = spanOf(node, place);
  const isOwn = names.length === 1 || (names.length === 2 && names[0] === 'pg_catalog');
  if (!isOwn) return unsure(`${names.join('.')}() is not known to only read`, span);
  const effect = effectOfFunction(name);
  if (effect !== undefined)
    return place.onlyPlanned === true
      ? undefined
      : known(effect.effect, `${name}() ${effect.text}`, span);
  return isHarmlessFunction(name) ? undefined : unsure(`${name}() is not known to only read`, span);
}

/**
 * Judges a column reference: `a.b` calls the function `b` if `a` has no such column. A table's
 * columns are unknown here, so functions with side effects are not assumed to be columns.
 */
function judgeColumn(node: PostgresNode, items: Items, place: Place): Reason | undefined {
  const [before, name] = namesIn(node.fields.fields).slice(-2);
  const isAll = nodesIn(node.fields.fields).at(-1)?.type === 'A_Star';
  if (before === undefined || name === undefined || isAll) return undefined;
  const isColumn = items.get(before)?.every((item) => isColumnOf(item, name)) ?? true;
  const isChanging = effectOfFunction(name) !== undefined || READS_ANYTHING.test(name);
  return (isColumn && !isChanging) || isHarmlessFunction(name)
    ? undefined
    : unsure(`${before}.${name} may call a function ${name}()`, spanOf(node, place));
}

/** Functions that run a text, or read any object it names. */
const READS_ANYTHING =
  /^(?:ts_stat|ts_rewrite|dblink\w*|\w+_to_xml\w*|pg_read_\w+|lo_\w+|loread|xpath_table|crosstab\w*|connectby)$/;

/** Judges `(x).name`, which calls the function `name` if `x` has no such field. */
function judgeAttributes(node: PostgresNode, place: Place): Reason | undefined {
  const steps = nodesIn(node.fields.indirection);
  const [arg] = nodesIn(node.fields.arg);
  const isRow = arg?.type === 'FuncCall' && returnsRows(namesIn(arg.fields.funcname).at(-1) ?? '');
  const unknown = steps.find(({ type, fields }, index) => {
    if (type !== 'String') return false;
    const name = String(fields.sval);
    return !isHarmlessFunction(name) && !(isRow && index === 0 && isSystemColumn(name));
  });
  if (unknown === undefined) return undefined;
  const name = String(unknown.fields.sval);
  return unsure(`(…).${name} may call a function ${name}()`, spanOf(node, place));
}

function judgeOperator(name: unknown, node: PostgresNode, place: Place): Reason | undefined {
  const names = namesIn(name);
  return names.length === 0 || isBuiltInOperator(names)
    ? undefined
    : unsure(`the operator ${names.join('.')} is not known to only read`, spanOf(node, place));
}

/** Judges a type: a cast to a user-defined one may call a function. */
function judgeType(node: PostgresNode, place: Place): Reason | undefined {
  const names = namesIn(node.fields.names);
  return isBuiltInType(names)
    ? undefined
    : unsure(`a cast to ${names.join('.')} is not known to only read`, spanOf(node, place));
}

function judgeSample(node: PostgresNode, place: Place): Reason | undefined {
  const method = namesIn(node.fields.method).join('.');
  return /^(?:pg_catalog\.)?(?:system|bernoulli)$/.test(method)
    ? undefined
    : unsure(`the sampling method ${method} is not known to only read`, spanOf(node, place));
}

/** Returns the span of a node's first name. */
function spanOf({ fields }: PostgresNode, { sql, span }: Place): Span {
  if (typeof fields.location !== 'number') return span;
  const start = offsetOfByte(sql, fields.location);
  const name = /^[\w$."\u0080-\uffff]+|^[\s\S]?/.exec(sql.slice(start))?.[0] ?? '';
  return { start, end: start + name.length };
}
