/** How much of a result is kept and how much is asked for. */
export type ResultLimits = {
  readonly rows: number;
  readonly characters: number;
  /** Where a read is stopped; until then its rows are counted. */
  readonly countedRows: number;
  readonly countedCharacters: number;
};

/** What this program keeps of a result. */
export const RESULT_LIMITS: ResultLimits = {
  rows: 1_000,
  characters: 1024 * 1024,
  countedRows: 100_000,
  countedCharacters: 16 * 1024 * 1024,
};

/** A value longer than this is replaced by a note of its length. */
export const LONGEST_VALUE = 256 * 1024;
