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

/** Makes column names unique: a repeated name gets a number. */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let n = 2; taken.has(unique); n += 1) unique = `${name}_${n}`;
    taken.add(unique);
    return unique;
  });
}

/** Reads an integer. Returns undefined unless a JavaScript number represents it exactly. */
export function exactInteger(text: string): number | undefined {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Reads a double. Returns undefined for NaN and the infinities, which JSON does not have. */
export function exactDouble(text: string): number | undefined {
  const number = Number(text);
  return Number.isFinite(number) ? number : undefined;
}

/**
 * Reads a decimal. Returns undefined unless it survives as a double: up to 15 digits always do,
 * more only if they print the same.
 */
export function exactDecimal(text: string): number | undefined {
  const number = Number(text);
  if (!Number.isFinite(number)) return undefined;
  const plain = text.includes('.') ? text.replace(/\.?0+$/, '') : text;
  const digits = plain.replace(/^-?[0.]*/, '').replace('.', '');
  return digits.length <= 15 || String(number) === plain ? number : undefined;
}
