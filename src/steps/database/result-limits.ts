/** The limits of a result: rows and characters kept, and rows and characters counted. */
export type ResultLimits = {
  readonly rows: number;
  readonly characters: number;
  /** A read is stopped at this number of rows. Up to it, dropped rows are still counted. */
  readonly countedRows: number;
  readonly countedCharacters: number;
};

/** The limits that apply to every result. */
export const RESULT_LIMITS: ResultLimits = {
  rows: 1_000,
  characters: 1024 * 1024,
  countedRows: 100_000,
  countedCharacters: 16 * 1024 * 1024,
};

/** The maximum length of a value. A longer one is replaced by a note of its length. */
export const LONGEST_VALUE = 256 * 1024;
