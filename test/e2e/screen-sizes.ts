/** The sizes of terminal that what an operator has to see is tried in. */
export const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 120, rows: 40 },
] as const;
