import { returnsRows } from './built-in.ts';
import { isHarmlessFunction } from './harmless-functions.ts';
import {
  everyNode,
  type Fields,
  fieldsOf,
  listIn,
  namesIn,
  nodesIn,
  type PostgresNode,
} from './syntax.ts';
import { isSystemColumn } from './system-columns.ts';

/**
 * The columns behind a name in FROM. The other columns are `fixed` (there are none), those of the
 * `system` catalogs, or `open`: those of a table, unknown here.
 */
type FromItem = {
  readonly columns: readonly string[];
  readonly others: 'fixed' | 'system' | 'open';
};

/**
 * Returns the possible meanings of each name in a statement and all statements inside it. A name
 * that is used several times has several.
 */
export function fromItemsIn(root: PostgresNode): ReadonlyMap<string, readonly FromItem[]> {
  const items = new Map<string, FromItem[]>();
  const add = (name: string | undefined, item: FromItem): void => {
    if (name !== undefined) items.set(name, [...(items.get(name) ?? []), item]);
  };
  const shared = new Map<string, FromItem[]>();
  const nodes = [...everyNode(root)];
  for (const { type, fields } of nodes) {
    if (type !== 'CommonTableExpr' || typeof fields.ctename !== 'string') continue;
    const item = renamed(outputOf(nodesIn(fields.ctequery)[0]), namesIn(fields.aliascolnames));
    shared.set(fields.ctename, [...(shared.get(fields.ctename) ?? []), item]);
  }
  for (const node of nodes) {
    const alias = fieldsOf(node.fields.alias);
    const name = typeof alias.aliasname === 'string' ? alias.aliasname : ownName(node);
    for (const item of itemsOf(node, name ?? '', shared))
      add(name, renamed(item, namesIn(alias.colnames)));
  }
  return items;
}

/** Returns whether a name after one in FROM is certainly a column of it, or may be a table's. */
export function isColumnOf({ columns, others }: FromItem, name: string): boolean {
  if (columns.includes(name)) return true;
  return others === 'open' || (others === 'system' && isSystemColumn(name));
}

/** A table, or anything that cannot be told apart from one. */
const OPEN: FromItem = { columns: [], others: 'open' };
const SYSTEM: FromItem = { columns: [], others: 'system' };

function ownName({ type, fields }: PostgresNode): string | undefined {
  if (type === 'RangeVar') return typeof fields.relname === 'string' ? fields.relname : undefined;
  return type === 'RangeFunction' ? functionsOf(fields.functions)[0]?.name : undefined;
}

function itemsOf(
  node: PostgresNode,
  name: string,
  shared: ReadonlyMap<string, readonly FromItem[]>,
): readonly FromItem[] {
  const { type, fields } = node;
  switch (type) {
    case 'RangeVar': {
      const isPlain = fields.schemaname === undefined;
      const own = isPlain ? shared.get(String(fields.relname)) : undefined;
      return own ?? [isSystemRelation(fields) ? SYSTEM : OPEN];
    }
    case 'RangeSubselect':
      return [outputOf(nodesIn(fields.subquery)[0])];
    case 'RangeFunction':
      return [rowsOf(node, name)];
    case 'RangeTableFunc':
    case 'JsonTable':
      return [{ columns: tableColumns(node), others: 'fixed' }];
    default:
      return [];
  }
}

/** Replaces the names of the first columns with those in an alias. */
function renamed({ columns, others }: FromItem, names: readonly string[]): FromItem {
  return { columns: [...names, ...columns.slice(names.length)], others };
}

/** Returns the columns of a query's result; `*` leaves them open. */
function outputOf(query: PostgresNode | undefined): FromItem {
  if (query?.type !== 'SelectStmt') return OPEN;
  const { fields } = query;
  const left = nodesIn({ larg: fields.larg })[0];
  if (fields.op !== 'SETOP_NONE' && left !== undefined) return outputOf(left);
  const [row] = listIn(fields, 'valuesLists');
  if (row !== undefined) {
    const count = nodesIn(nodesIn(row)[0]?.fields.items).length;
    const columns = Array.from({ length: count }, (_, index) => `column${index + 1}`);
    return { columns, others: 'fixed' };
  }
  const targets = listIn(fields, 'targetList').flatMap(nodesIn);
  const columns = targets.map((target) =>
    typeof target.fields.name === 'string' ? target.fields.name : nameOf(target.fields.val),
  );
  if (!columns.includes('*')) return { columns, others: 'fixed' };
  return { columns, others: isOfSystem(fields.fromClause) ? 'system' : 'open' };
}

/** Returns whether FROM contains only system relations. */
function isOfSystem(from: unknown): boolean {
  const all = nodesIn(from).flatMap((node) => [...everyNode(node)]);
  const relations = all.filter(({ type }) => type.startsWith('Range'));
  return relations.every(({ type, fields }) => type === 'RangeVar' && isSystemRelation(fields));
}

function isSystemRelation({ schemaname, relname }: Fields): boolean {
  if (schemaname === undefined) return String(relname).startsWith('pg_');
  return schemaname === 'pg_catalog' || schemaname === 'information_schema';
}

/** Returns the name that PostgreSQL derives for an output column; empty if not covered here. */
function nameOf(value: unknown): string {
  const [node] = nodesIn(value);
  switch (node?.type) {
    case 'ColumnRef':
    case 'A_Indirection': {
      const parts = node.fields.fields ?? node.fields.indirection;
      return nodesIn(parts).at(-1)?.type === 'A_Star' ? '*' : (namesIn(parts).at(-1) ?? '');
    }
    case 'FuncCall':
      return namesIn(node.fields.funcname).at(-1) ?? '';
    case 'TypeCast':
      return (
        nameOf(node.fields.arg) || (namesIn(fieldsOf(node.fields.typeName).names).at(-1) ?? '')
      );
    default:
      return '';
  }
}

type Called = { readonly name: string; readonly columns: readonly string[] };

/** Returns the called functions, each with the columns declared for it. */
function functionsOf(functions: unknown): readonly Called[] {
  return nodesIn(functions).map(({ fields }) => {
    const [call, ...rest] = nodesIn(fields.items);
    const columns = rest.flatMap((list) => columnNames(list.fields.items));
    return { name: namesIn(call?.fields.funcname).at(-1) ?? '', columns };
  });
}

/** Functions whose only column has a fixed name. */
const NAMED_COLUMN: Readonly<Record<string, string>> = {
  json_array_elements: 'value',
  json_array_elements_text: 'value',
  jsonb_array_elements: 'value',
  jsonb_array_elements_text: 'value',
  pg_partition_ancestors: 'relid',
};

/**
 * Returns the columns of functions in FROM. A function that returns single values has one column,
 * named like it or its alias.
 */
function rowsOf({ fields }: PostgresNode, alias: string): FromItem {
  const called = functionsOf(fields.functions);
  const listed = [...called.flatMap(({ columns }) => columns), ...columnNames(fields.coldeflist)];
  const single = called.flatMap(({ name, columns }) =>
    columns.length > 0 || fields.coldeflist !== undefined || returnsRows(name)
      ? []
      : (NAMED_COLUMN[name] ?? (called.length === 1 ? alias : name)),
  );
  const ordinality = fields.ordinality === true ? ['ordinality'] : [];
  // The columns of an unknown function do not matter: the call itself is not a read.
  const isUnknown = called.some(({ name }) => name !== '' && !isHarmlessFunction(name));
  const isSystem = called.some(({ name }) => returnsRows(name));
  const others = isUnknown ? 'open' : isSystem ? 'system' : 'fixed';
  return { columns: [...listed, ...single, ...ordinality], others };
}

function columnNames(definitions: unknown): readonly string[] {
  return nodesIn(definitions).flatMap(({ fields }) =>
    typeof fields.colname === 'string' ? fields.colname : [],
  );
}

function tableColumns(table: PostgresNode): readonly string[] {
  return [...everyNode(table)].flatMap(({ type, fields }) => {
    const name = type === 'JsonTableColumn' ? fields.name : fields.colname;
    return typeof name === 'string' ? name : [];
  });
}
