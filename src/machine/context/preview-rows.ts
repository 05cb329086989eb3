import type { Json, Row } from '#runbook/model/value.ts';

type Result = Readonly<Record<string, Json>>;

/** The rows that a preview pins, whatever kind of read it is. */
export type ListedRows = {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly row_count: number;
};

/**
 * Returns what a preview lists as rows: the rows of a statement, the lines of a script, the items of
 * JSON, or the fields of any other result as one row. Undefined if a part of it is missing.
 */
export function listedRows(result: Result): Result | undefined {
  if (Array.isArray(result.rows)) return result;
  if (result.truncated === true) return undefined;
  const { columns, rows, row_count }: ListedRows = rowsOfItems(itemsOf(result));
  return { columns, rows, row_count };
}

/** The column of lines, and of items that are not mappings. */
export const LINE = 'line';
const ITEM = 'item';

/** Fields that differ with every read. */
const TIMES: ReadonlySet<string> = new Set(['ms', 'stages']);

function itemsOf(result: Result): readonly Json[] {
  const { lines, json } = result;
  if (Array.isArray(lines)) return lines.map((line: Json) => ({ [LINE]: line }));
  if (json !== undefined && json !== null) return Array.isArray(json) ? json : [json];
  if (typeof result.status_code === 'number')
    return [{ status: result.status_code, text: result.text ?? null }];
  return [Object.fromEntries(Object.entries(result).filter(([name]) => !TIMES.has(name)))];
}

/** The columns are those of all items, in order; a row has its own of them. */
function rowsOfItems(items: readonly Json[]): ListedRows {
  const mappings = items.map((item) => (isMapping(item) ? item : { [ITEM]: item }));
  const columns = [...new Set(mappings.flatMap((item) => Object.keys(item)))];
  const rows = mappings.map((item) =>
    Object.fromEntries(
      columns.flatMap((name): [string, Json][] =>
        Object.hasOwn(item, name) ? [[name, item[name] ?? null]] : [],
      ),
    ),
  );
  return { columns, rows, row_count: rows.length };
}

/** Returns the lines that rows are made of; undefined for other rows. */
export function linesOfRows({ columns, rows }: Pick<ListedRows, 'columns' | 'rows'>) {
  const isLines = columns.length === 1 && columns[0] === LINE;
  return isLines ? rows.map((row) => row[LINE] ?? null) : undefined;
}

/** Returns the items of JSON that rows are made of. */
export function itemsOfRows({ columns, rows }: Pick<ListedRows, 'columns' | 'rows'>) {
  const isPlain = columns.length === 1 && columns[0] === ITEM;
  return isPlain ? rows.map((row) => row[ITEM] ?? null) : rows;
}

function isMapping(value: Json): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
