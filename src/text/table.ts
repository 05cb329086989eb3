import { harmless } from './harmless.ts';
import { padTo, widthOf, wrapTo } from './width.ts';

const GAP = 2;
/** The least width of a last column that is wrapped; below it, its text has lines of its own. */
const LEAST_LAST = 24;
/** The indent of a text on lines of its own. */
const INDENT = 4;

/** Returns a heading and rows as aligned columns, as {@link columnLines} does. */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width?: number,
): string {
  return columnLines([head, ...rows], width).join('\n');
}

/**
 * Returns rows as the lines of aligned columns, for a terminal, a pipe or a file. The last column is
 * wrapped if the lines were longer than `width`.
 */
export function columnLines(
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): readonly string[] {
  const shown = rows.map((row) => row.map((cell) => harmless(cell)));
  const widths = (shown[0] ?? []).map((_, column) =>
    Math.max(...shown.map((row) => widthOf(row[column] ?? ''))),
  );
  const before = widths.slice(0, -1).reduce((sum, one) => sum + one + GAP, 0);
  const room = width - before;
  return shown
    .flatMap((row) => {
      const start = row
        .slice(0, -1)
        .map((cell, column) => padTo(cell, (widths[column] ?? 0) + GAP))
        .join('');
      return withLast(start, row.at(-1) ?? '', room, width);
    })
    .map((line) => line.trimEnd());
}

function withLast(start: string, last: string, room: number, width: number): readonly string[] {
  if (widthOf(last) <= room) return [start + last];
  if (room < LEAST_LAST) {
    const below = wrapTo(last, Math.max(1, width - INDENT));
    return [start, ...below.map((part) => ' '.repeat(INDENT) + part)];
  }
  const [first = '', ...rest] = wrapTo(last, room);
  return [start + first, ...rest.map((part) => ' '.repeat(widthOf(start)) + part)];
}
