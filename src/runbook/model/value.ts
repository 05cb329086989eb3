/** A value an expression can hold: JSON, plus CEL's integers. */
export type Value =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly Value[]
  | { readonly [key: string]: Value };

/** A value that a journal can hold. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

/** One row of a result, by column name, in column order. */
export type Row = { readonly [column: string]: Json };

/** The result of an SQL statement; `rows` may be truncated, `row_count` is the server's count. */
export type SqlResult = {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly row_count: number;
  /** True if the server had more rows than were kept. */
  readonly truncated?: boolean;
};

/** The result of a shell script; `stdout` and `stderr` are truncated in the middle. */
export type ShellResult = {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit_code: number | null;
  readonly signal: string | null;
};

/** Returns a value as JSON on one line; integers beyond the range of JSON become texts. */
export function jsonText(value: Value): string {
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner));
}

/** Returns a value as an action shows it: a text as it is, and `NULL`. */
export function shownValue(value: Json): string {
  return value === null ? 'NULL' : typeof value === 'string' ? value : JSON.stringify(value);
}
