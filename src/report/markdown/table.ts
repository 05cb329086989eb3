import { cellText } from '#events/wording/table-layout.ts';
import type { Json, Row } from '#runbook/model/value.ts';
import { counted } from '#text/count.ts';
import { cell, folded } from './text.ts';

/** The number of rows above which a table is folded. */
const OPEN_ROWS = 12;
/** The number of rows shown; the rest are only counted, and are in the journal. */
const SHOWN_ROWS = 200;
const CELL_LENGTH = 300;

/** Returns rows as a Markdown table; long ones are folded, very long ones truncated. */
export function rowsTable(columns: readonly string[], rows: readonly Row[]): string {
  if (columns.length === 0 || rows.length === 0) return '';
  const table = [
    line(columns.map(cell)),
    line(columns.map((column) => (isNumeric(column, rows) ? '---:' : '---'))),
    ...rows.slice(0, SHOWN_ROWS).map((row) => line(columns.map((name) => shortCell(row[name])))),
  ].join('\n');
  const more = rows.length - SHOWN_ROWS;
  const whole = more > 0 ? `${table}\n\nand ${counted(more, 'more row')} in the journal` : table;
  return rows.length > OPEN_ROWS ? folded(counted(rows.length, 'row'), whole) : whole;
}

/** Returns a table of cells that are Markdown already. */
export function cellTable(
  columns: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const shown = rows.map((cells) => line(cells.map((one) => one.replaceAll('|', '&#124;'))));
  return [line(columns.map(cell)), line(columns.map(() => '---')), ...shown].join('\n');
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function shortCell(value: Json | undefined): string {
  const shown = cellText(value);
  return cell(shown.length > CELL_LENGTH ? `${shown.slice(0, CELL_LENGTH)}…` : shown);
}

function isNumeric(column: string, rows: readonly Row[]): boolean {
  const values = rows.map((row) => row[column]).filter((value) => value != null);
  return values.length > 0 && values.every((value) => typeof value === 'number');
}
