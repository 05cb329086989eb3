import { cellText, layoutTable, TABLE_GAP } from '#events/wording/table-layout.ts';
import type { Json, Row } from '#runbook/model/value.ts';
import { counted } from '#text/count.ts';
import { aligned, DIM, flowing, type Line, line, span, wrapped } from './line.ts';

/** Rows of a result as stored in the journal. */
export type Table = { readonly columns: readonly string[]; readonly rows: readonly Row[] };

/** Returns the table in the result of an SQL step, or `undefined` if it has none. */
export function tableOf(result: Readonly<Record<string, Json>> | undefined): Table | undefined {
  const { columns, rows } = result ?? {};
  if (!Array.isArray(columns) || !Array.isArray(rows)) return undefined;
  return { columns: columns.map(String), rows: rows.filter(isRow) };
}

function isRow(value: Json): value is Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Returns a table in `width` columns with at most `maxRows` rows; a single wide row is wrapped. */
export function tableLines(table: Table, width: number, maxRows: number): readonly Line[] {
  if (table.rows.length === 0) return [line('no rows', DIM)];
  const rows = table.rows.slice(0, maxRows);
  const layout = layoutTable({ columns: table.columns, rows }, width);
  if (rows.length === 1 && (layout.cut || layout.hidden.length > 0)) {
    const [row = {}] = rows;
    return flowing(
      table.columns.map((name) => [span(`${name} `, DIM), span(cellText(row[name]))]),
      width,
    );
  }
  const gap = ' '.repeat(TABLE_GAP);
  const more = table.rows.length - rows.length;
  const notes = [
    ...(more > 0 ? [`… ${counted(more, 'more row')}`] : []),
    ...(layout.hidden.length > 0 ? [`not shown: ${layout.hidden.join(', ')}`] : []),
  ];
  return [
    line(layout.header.join(gap), DIM),
    ...layout.rows.map((cells) =>
      cells.flatMap((cell, index) => [
        ...(index === 0 ? [] : [span(gap)]),
        span(cell.text, cell.isNull ? DIM : {}),
      ]),
    ),
    ...(notes.length === 0 ? [] : wrapped(notes.join(' · '), width, DIM)),
  ];
}

/** Returns a row upright, one column per line, without truncation. */
export function recordLines(columns: readonly string[], row: Row, width: number): readonly Line[] {
  return aligned(
    columns.map((name) => [name, cellText(row[name])]),
    width,
  );
}
