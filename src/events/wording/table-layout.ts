import type { Json, Row } from '#runbook/model/value.ts';
import { harmlessLine } from '#text/harmless.ts';
import { padTo, widthOf } from '#text/width.ts';

/** The sign for a database NULL. */
export const NULL_SIGN = '∅';

/** A column of a layout. */
export type TableColumn = {
  readonly name: string;
  readonly width: number;
  readonly align: 'left' | 'right';
};

/** A cell of a layout: exactly as wide as its column. */
export type TableCell = { readonly text: string; readonly isNull: boolean };

/** A table that fits a width. */
export type TableLayout = {
  readonly columns: readonly TableColumn[];
  readonly header: readonly string[];
  readonly rows: readonly (readonly TableCell[])[];
  /** The columns that did not fit; the last ones are omitted first. */
  readonly hidden: readonly string[];
  /** True if a cell or a header was truncated. */
  readonly cut: boolean;
};

/** The number of spaces between two cells. */
export const TABLE_GAP = 2;

const LONGEST_CELL = 500;
const NARROWEST = 12;
const SHORTEST_NAME = 12;
/** The number of columns that give way to those that identify the rows. */
const MOST_LOST = 1;

/** Returns a cell's sanitized text on one line. */
export function cellText(value: Json | undefined): string {
  if (value === null || value === undefined) return NULL_SIGN;
  return harmlessLine(typeof value === 'object' ? JSON.stringify(value) : String(value));
}

/** The rows of a result, as stored in the journal. */
export type Rows = { readonly columns: readonly string[]; readonly rows: readonly Row[] };

/** Returns the table in a result, or `undefined` if it has none. */
export function rowsOf(result: Readonly<Record<string, Json>> | undefined): Rows | undefined {
  const { columns, rows } = result ?? {};
  if (!Array.isArray(columns) || !Array.isArray(rows)) return undefined;
  return { columns: columns.map(String), rows: rows.filter(isRow) };
}

function isRow(value: Json): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Lays rows out in `width` columns. Names wider than their cells shrink first, then the widest
 * columns down to 12; then the last columns are omitted, because authors put the important ones
 * first. So is a column whose cells would all be truncated to the same text: it distinguishes no
 * rows. One other is omitted so that the columns in `kept` are whole, if that is possible.
 */
export function layoutTable(table: Rows, width: number, kept: readonly string[] = []): TableLayout {
  const layout = telling(table, width);
  if (isWhole(layout, table, kept)) return layout;
  const others = table.columns.filter((name) => !kept.includes(name));
  for (let count = others.length - 1; count >= 0; count -= 1) {
    const columns = table.columns.filter(
      (name) => kept.includes(name) || others.indexOf(name) < count,
    );
    const smaller = layoutOf({ columns, rows: table.rows }, width);
    if (!isWhole(smaller, table, kept)) continue;
    const shown = smaller.columns.map(({ name }) => name);
    const lost = layout.columns.filter(({ name }) => !shown.includes(name));
    if (lost.length > MOST_LOST) return layout;
    return { ...smaller, hidden: table.columns.filter((name) => !shown.includes(name)) };
  }
  return layout;
}

/** Returns whether all these columns are in a layout of `table`, with no cell truncated. */
export function isWhole(
  { columns }: TableLayout,
  { rows }: Pick<Rows, 'rows'>,
  names: readonly string[],
): boolean {
  return names.every((name) => {
    const width = columns.find((column) => column.name === name)?.width ?? -1;
    return rows.every((row) => widthOf(cellText(row[name])) <= width);
  });
}

function telling(table: Rows, width: number): TableLayout {
  const layout = layoutOf(table, width);
  const dull = table.rows.length < 2 ? -1 : layout.columns.findLastIndex(isDull(layout, table));
  if (dull === -1 || layout.columns.length === 1) return layout;
  const name = layout.columns[dull]?.name ?? '';
  const columns = table.columns.filter((column) => column !== name);
  const rest = telling({ columns, rows: table.rows }, width);
  const hidden = table.columns.filter((column) => column === name || rest.hidden.includes(column));
  return { ...rest, hidden };
}

/** Returns whether every cell of a column was truncated to the same text. */
function isDull(layout: TableLayout, { rows }: Rows) {
  return ({ name, width }: TableColumn, index: number): boolean => {
    const first = layout.rows[0]?.[index]?.text;
    const isCut = rows.every((row) => widthOf(cellStart(row[name])) > width);
    return isCut && layout.rows.every((cells) => cells[index]?.text === first);
  };
}

function layoutOf(table: Rows, width: number): TableLayout {
  const all = table.columns.map((name) => measure(name, table.rows));
  const shown = all.slice(0, countThatFit(all, width));
  const room = width - TABLE_GAP * (shown.length - 1);
  const wanted = shown.map((column) => column.natural);
  const fits = wanted.reduce((sum, one) => sum + one, 0) <= room;
  const widths = fits
    ? wanted
    : shrink(
        shown.map((column) => column.least),
        room,
      );
  const columns = shown.map(({ name, align }, index): TableColumn => {
    return { name, align, width: widths[index] ?? 0 };
  });
  return {
    columns,
    header: columns.map((column) => padTo(harmlessLine(column.name), column.width, column.align)),
    rows: table.rows.map((row) => columns.map((column) => cell(row[column.name], column))),
    hidden: all.slice(shown.length).map((column) => column.name),
    cut: shown.some((column, index) => column.natural > (widths[index] ?? 0)),
  };
}

/** A cell longer than any table is measured by its start. */
function cellStart(value: Json | undefined): string {
  const text = cellText(value);
  return text.length > LONGEST_CELL ? `${text.slice(0, LONGEST_CELL)}…` : text;
}

type Measured = {
  readonly name: string;
  readonly natural: number;
  /** The minimum width of its cells, and of a name that is still recognizable. */
  readonly least: number;
  readonly align: 'left' | 'right';
};

function measure(name: string, rows: readonly Row[]): Measured {
  const title = widthOf(harmlessLine(name));
  let cells = 0;
  let numbers = 0;
  let others = 0;
  for (const row of rows) {
    const value = row[name];
    cells = Math.max(cells, widthOf(cellStart(value)));
    if (typeof value === 'number') numbers += 1;
    else if (value !== null && value !== undefined) others += 1;
  }
  return {
    name,
    natural: Math.max(title, cells),
    least: Math.max(Math.min(title, SHORTEST_NAME), cells),
    align: numbers > 0 && others === 0 ? 'right' : 'left',
  };
}

function cell(value: Json | undefined, column: TableColumn): TableCell {
  return {
    text: padTo(cellStart(value), column.width, column.align),
    isNull: value === null || value === undefined,
  };
}

function countThatFit(columns: readonly Measured[], width: number): number {
  let used = 0;
  for (const [index, column] of columns.entries()) {
    used += Math.min(column.least, NARROWEST) + (index === 0 ? 0 : TABLE_GAP);
    if (used > width) return Math.max(1, index);
  }
  return columns.length;
}

/** Shrinks the widest until the sum fits. */
function shrink(naturals: readonly number[], room: number): readonly number[] {
  const widths = [...naturals];
  let over = widths.reduce((sum, width) => sum + width, 0) - room;
  while (over > 0) {
    const widest = Math.max(...widths);
    if (widest <= 1) break;
    const next = Math.max(1, ...widths.filter((width) => width < widest));
    const atWidest = widths.filter((width) => width === widest).length;
    const step = Math.max(1, Math.min(widest - next, Math.ceil(over / atWidest)));
    for (const [index, width] of widths.entries()) {
      if (width !== widest || over <= 0) continue;
      const taken = Math.min(step, over);
      widths[index] = width - taken;
      over -= taken;
    }
  }
  return widths;
}
