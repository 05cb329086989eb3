import { harmless } from './harmless.ts';
import { padTo, widthOf, wrapTo } from './width.ts';

const GAP = 2;
/** The least width of a last column that is wrapped; below it, its text has lines of its own. */
const LEAST_LAST = 24;
/** The indent of a text on lines of its own. */
const INDENT = 4;

/**
 * Returns rows as aligned columns for a terminal or a pipe. The last column is wrapped if the table
 * is wider than `width`.
 */
export function textTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  width = Number.POSITIVE_INFINITY,
): string {
  const lines = [head, ...rows].map((row) => row.map((cell) => harmless(cell)));
  const widths = head.map((_, column) =>
    Math.max(...lines.map((row) => widthOf(row[column] ?? ''))),
  );
  const before = widths.slice(0, -1).reduce((sum, one) => sum + one + GAP, 0);
  const room = width - before;
  return lines
    .flatMap((row) => {
      const start = row
        .slice(0, -1)
        .map((cell, column) => padTo(cell, (widths[column] ?? 0) + GAP))
        .join('');
      return withLast(start, row.at(-1) ?? '', room, width);
    })
    .map((line) => line.trimEnd())
    .join('\n');
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
