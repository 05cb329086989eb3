import { cellText, layoutTable, type Rows, TABLE_GAP } from '#events/wording/table-layout.ts';
import type { Row } from '#runbook/model/value.ts';
import { counted } from '#text/count.ts';
import { aligned, DIM, flowing, type Line, line, span, wrapped } from './line.ts';

/**
 * Returns a table in `width` columns with at most `maxRows` rows; a single wide row is wrapped. The
 * columns in `kept` are whole if the width allows.
 */
export function tableLines(
  table: Rows,
  width: number,
  maxRows: number,
  kept?: readonly string[],
): readonly Line[] {
  if (table.rows.length === 0) return [line('no rows', DIM)];
  const rows = table.rows.slice(0, maxRows);
  const layout = layoutTable({ columns: table.columns, rows }, width, kept);
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
