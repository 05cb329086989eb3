import type { Terminal } from '@xterm/headless';

/** How a cell looks; `color` is one of the 16 of every terminal, or `undefined` for the default. */
export type CellStyle = {
  readonly color: number | undefined;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
};

/** A character on the screen; a wide one is followed by a cell with an empty text. */
export type Cell = CellStyle & { readonly text: string };

/** Returns every cell a terminal shows now. */
export function cellsOf({ buffer, rows, cols }: Terminal): readonly (readonly Cell[])[] {
  const { active } = buffer;
  return Array.from({ length: rows }, (_, row) => {
    const line = active.getLine(active.baseY + row);
    return Array.from({ length: cols }, (_, column): Cell => {
      const cell = line?.getCell(column);
      return {
        text: cell?.getWidth() === 0 ? '' : cell?.getChars() || ' ',
        color: cell?.isFgPalette() ? cell.getFgColor() : undefined,
        bold: cell?.isBold() !== 0,
        dim: cell?.isDim() !== 0,
        inverse: cell?.isInverse() !== 0,
      };
    });
  });
}

/** Returns how the first occurrence of a text looks, or `undefined` when it is not there. */
export function styleOf(cells: readonly (readonly Cell[])[], text: string): CellStyle | undefined {
  for (const row of cells) {
    const shown = row.map((cell) => cell.text || ' ').join('');
    const cell = row[shown.indexOf(text)];
    if (cell !== undefined) return cell;
  }
  return undefined;
}
