import type { Json } from '../runbook/value.ts';

/**
 * Where text offsets of a rendered action come from in the runbook file: from `at` on, the text
 * comes from `source` on; all of it from that one place when not `exact` (a bound value).
 */
export type OriginMap = readonly {
  readonly at: number;
  readonly source: number;
  readonly exact: boolean;
}[];

/** One SQL statement with its values, exactly as the server will get it. */
export type SqlAction = {
  readonly kind: 'sql';
  readonly target: string;
  /** The statement with `$1`, `$2`, … */
  readonly text: string;
  readonly values: readonly Json[];
  /** Runs in a read-only transaction. */
  readonly readOnly: boolean;
  readonly timeoutMs: number;
  readonly origin: OriginMap;
};

/** One script, exactly as bash will get it. */
export type ShellAction = {
  readonly kind: 'shell';
  readonly target: string;
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  readonly stdin: string | undefined;
  readonly okExit: readonly number[];
  /** Only reads: a script ended halfway has simply failed; otherwise its outcome is unknown. */
  readonly readOnly: boolean;
  readonly timeoutMs: number;
};

/** A pause of fixed length. */
export type WaitAction = { readonly kind: 'wait'; readonly ms: number };

/** Anything an executor can be given. */
export type Action = SqlAction | ShellAction | WaitAction;
