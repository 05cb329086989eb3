import type { ProbeName } from '#runbook/model/probe-parameters.ts';
import type { Parse } from '#runbook/model/runbook.ts';
import type { Json } from '#runbook/model/value.ts';

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
  readonly parse: Parse;
  /** The script gets the operator's terminal while it runs. */
  readonly interactive: boolean;
  /** Only reads: a script ended halfway has simply failed; otherwise its outcome is unknown. */
  readonly readOnly: boolean;
  readonly timeoutMs: number;
};

/** One look at a connection, from here, with what it is given: it only reads. */
export type ProbeAction = {
  readonly kind: 'probe';
  readonly probe: ProbeName;
  /** See `PROBE_PARAMETERS`; numbers and booleans may also come as text. */
  readonly params: Readonly<Record<string, Json>>;
  readonly timeoutMs: number;
};

/** A pause of fixed length. */
export type WaitAction = { readonly kind: 'wait'; readonly ms: number };

/** Only makes the connection, so that the server says which engine it is. */
export type ConnectAction = {
  readonly kind: 'connect';
  readonly target: string;
  readonly timeoutMs: number;
};

/** Returns the name of the target an action runs on; probes and pauses have none and run here. */
export function targetOf(action: Action): string | undefined {
  return 'target' in action ? action.target : undefined;
}

/** Returns true for an action that only reads. */
export function isReadOnly(action: Action): boolean {
  return 'readOnly' in action ? action.readOnly : true;
}

/** Anything an executor can be given. */
export type Action = SqlAction | ShellAction | ProbeAction | WaitAction | ConnectAction;
