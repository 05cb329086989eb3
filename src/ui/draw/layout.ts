/** The division of the terminal. */
export type Layout = {
  readonly columns: number;
  readonly rows: number;
  /** `split`: step list and pane side by side; `single`: one below the other, at full width. */
  readonly kind: 'split' | 'single';
  readonly listWidth: number;
  readonly paneWidth: number;
  /** True if rules separate header, body and footer. */
  readonly ruled: boolean;
};

/** The smallest terminal that shows the step list beside the pane. */
export const SPLIT = { columns: 120, rows: 24 } as const;

/** The smallest terminal in which a gate can be confirmed on the screen. */
export const SMALLEST_GATE = { columns: 60, rows: 15 } as const;

/**
 * Returns whether a terminal is large enough to confirm a gate on the screen; one of unknown size,
 * which reports 0, is not.
 */
export function fitsGate({
  columns,
  rows,
}: {
  readonly columns: number;
  readonly rows: number;
}): boolean {
  return columns >= SMALLEST_GATE.columns && rows >= SMALLEST_GATE.rows;
}

/** Returns the layout of a terminal of this size. */
export function layoutFor(columns: number, rows: number): Layout {
  if (columns < SPLIT.columns || rows < SPLIT.rows) {
    const paneWidth = Math.max(1, columns - 2);
    return { columns, rows, kind: 'single', listWidth: 0, paneWidth, ruled: rows >= 14 };
  }
  const listWidth = Math.min(72, Math.round(columns * 0.42));
  // A rule and a space between list and pane, and a space at the right edge.
  const paneWidth = columns - listWidth - 3;
  return { columns, rows, kind: 'split', listWidth, paneWidth, ruled: true };
}

/** Returns the number of rows between header and footer. */
export function bodyHeight(layout: Layout, footerHeight: number): number {
  return Math.max(1, layout.rows - 1 - footerHeight - (layout.ruled ? 2 : 0));
}

/** Returns whether a gate also takes the place of the step list, to have room for its rows. */
export function gateTakesAll(layout: Layout): boolean {
  return layout.columns < 130;
}
