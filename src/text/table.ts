import { harmless } from './harmless.ts';
import { padTo, widthOf } from './width.ts';

/** Returns rows as aligned columns for a terminal or a pipe. */
export function textTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows].map((row) => row.map((cell) => harmless(cell)));
  const widths = head.map((_, column) =>
    Math.max(...lines.map((row) => widthOf(row[column] ?? ''))),
  );
  return lines
    .map((row) =>
      row
        .map((cell, column) => padTo(cell, widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
