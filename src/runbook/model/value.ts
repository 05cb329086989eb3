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

/** What an SQL statement returned; `rows` may be cut at a limit, `row_count` is what the server said. */
export type SqlResult = {
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
  readonly row_count: number;
  /** True when the server had more rows than were kept. */
  readonly truncated?: boolean;
};

/** What a shell script returned; `stdout` and `stderr` are cut at a limit (head and tail kept). */
export type ShellResult = {
  readonly stdout: string;
  readonly stderr: string;
  readonly exit_code: number | null;
  readonly signal: string | null;
};
