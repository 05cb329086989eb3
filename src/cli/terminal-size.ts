/** The width of lines without a terminal, or in one of unknown size. */
const LINE_COLUMNS = 100;

/**
 * Returns the size of a terminal; `undefined` without one, and for one that reports 0, as those that
 * programs open without a size do.
 */
export function terminalSize(
  { isTTY, columns, rows }: NodeJS.WriteStream = process.stdout,
): { readonly columns: number; readonly rows: number } | undefined {
  return isTTY && columns > 0 && rows > 0 ? { columns, rows } : undefined;
}

/** Returns the width of the lines that are printed on standard output. */
export function lineColumns(): number {
  return terminalSize()?.columns ?? LINE_COLUMNS;
}
