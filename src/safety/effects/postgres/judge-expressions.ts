import type { Span } from '../../../runbook/source.ts';
import { known, type Reason, unsure } from '../effect-report.ts';
import { effectOfFunction } from './changing-functions.ts';
import { isHarmlessFunction } from './harmless-functions.ts';
import { effectOfStatement, HARMLESS_NODES } from './statements.ts';
import { everyNode, namesIn, offsetOfByte, type PostgresNode } from './syntax.ts';

/** The text that nodes have their places in. */
export type Place = {
  readonly sql: string;
  /** Of the statement. */
  readonly span: Span;
  /** Planned and not executed: only what planning may call counts. */
  readonly onlyPlanned?: boolean;
};

/** Returns what speaks against everything in a statement being a read. */
export function judgeExpressions(root: PostgresNode, place: Place): readonly Reason[] {
  const reasons: Reason[] = [];
  for (const node of everyNode(root)) {
    const reason = judgeNode(node, node === root, place);
    if (reason !== undefined) reasons.push(reason);
  }
  return reasons;
}

function judgeNode(node: PostgresNode, isRoot: boolean, place: Place): Reason | undefined {
  switch (node.type) {
    case 'FuncCall':
      return judgeFunction(node, place);
    case 'ColumnRef':
      return judgeColumn(namesIn(node.fields.fields), node, place);
    case 'A_Indirection':
      return judgeColumn(namesIn(node.fields.indirection), node, place);
    case 'A_Expr':
      return judgeOwnName(namesIn(node.fields.name), 'an operator', node, place);
    case 'SortBy':
      return judgeOwnName(namesIn(node.fields.useOp), 'an operator', node, place);
    case 'RangeTableSample':
      return judgeSample(node, place);
    case 'SelectStmt':
      return node.fields.intoClause === undefined
        ? undefined
        : known('change', 'SELECT INTO creates a table', place.span);
    default:
  }
  if (HARMLESS_NODES.has(node.type) || (isRoot && node.type.endsWith('Stmt'))) return undefined;
  const effect = effectOfStatement(node.type);
  if (effect === undefined)
    return unsure(`${node.type} is not known to only read`, spanOf(node, place));
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

/** A function of one argument can be written as if it were a column of it: `name.pg_terminate_backend`. */
function judgeColumn(
  names: readonly string[],
  node: PostgresNode,
  place: Place,
): Reason | undefined {
  const name = names.find((one) => effectOfFunction(one) !== undefined);
  return name === undefined
    ? undefined
    : unsure(`${name} may be the function of that name`, spanOf(node, place));
}

function judgeOwnName(
  names: readonly string[],
  what: string,
  node: PostgresNode,
  place: Place,
): Reason | undefined {
  return names.length > 1 && names[0] !== 'pg_catalog'
    ? unsure(`${what} of the schema ${names[0]} is not known to only read`, spanOf(node, place))
    : undefined;
}

function judgeSample(node: PostgresNode, place: Place): Reason | undefined {
  const method = namesIn(node.fields.method).join('.');
  return /^(?:pg_catalog\.)?(?:system|bernoulli)$/.test(method)
    ? undefined
    : unsure(`the sampling method ${method} is not known to only read`, spanOf(node, place));
}

/** Returns where a node begins, up to the end of its first name. */
function spanOf({ fields }: PostgresNode, { sql, span }: Place): Span {
  if (typeof fields.location !== 'number') return span;
  const start = offsetOfByte(sql, fields.location);
  const name = /^[\w$."\u0080-\uffff]+|^[\s\S]?/.exec(sql.slice(start))?.[0] ?? '';
  return { start, end: start + name.length };
}
