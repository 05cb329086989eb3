import type { HttpMethod } from '#runbook/model/http-request.ts';
import type { ProbeName } from '#runbook/model/probe-parameters.ts';
import type { Parse } from '#runbook/model/runbook.ts';
import type { Json } from '#runbook/model/value.ts';
import type { Place } from './place.ts';

/**
 * Maps offsets of a rendered action to the runbook file: from `at` on, the text comes from `source`
 * on, or all of it from that one offset if it is not `exact` (a bound value).
 */
export type OriginMap = readonly {
  readonly at: number;
  readonly source: number;
  readonly exact: boolean;
}[];

/** An SQL statement with its values, exactly as it is sent to the server. */
export type SqlAction = {
  readonly kind: 'sql';
  readonly target: string;
  /** The statement with `$1`, `$2`, … */
  readonly text: string;
  readonly values: readonly Json[];
  /** True if it runs in a read-only transaction. */
  readonly readOnly: boolean;
  readonly timeoutMs: number;
  readonly origin: OriginMap;
};

/** A script, exactly as it is passed to bash. */
export type ShellAction = {
  readonly kind: 'shell';
  readonly target: string;
  /** The address, if the step gives it itself. */
  readonly place?: Place;
  readonly script: string;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string | undefined;
  readonly stdin: string | undefined;
  readonly okExit: readonly number[];
  readonly parse: Parse;
  /** True if the script uses the operator's terminal while it runs. */
  readonly interactive: boolean;
  /**
   * True if it only reads: if it is ended midway it has failed; otherwise its outcome is unknown.
   */
  readonly readOnly: boolean;
  readonly timeoutMs: number;
};

/** A check of a connection from this machine, with its parameters. It only reads. */
export type ProbeAction = {
  readonly kind: 'probe';
  readonly probe: ProbeName;
  /** See `PROBE_PARAMETERS`. Numbers and booleans may also be text. */
  readonly params: Readonly<Record<string, Json>>;
  readonly timeoutMs: number;
};

/** A request, exactly as it is sent from this machine. */
export type HttpAction = {
  readonly kind: 'http';
  readonly method: HttpMethod;
  readonly url: string;
  /** By name, in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  /** The statuses that mean success; empty: 200 to 299. */
  readonly okStatus: readonly number[];
  readonly ca: string | undefined;
  /** True if it only reads: without an answer it has failed; otherwise its outcome is unknown. */
  readonly readOnly: boolean;
  readonly timeoutMs: number;
};

/** A pause of fixed length. */
type WaitAction = { readonly kind: 'wait'; readonly ms: number };

/**
 * Opens the connection, so that the server reports its engine; or, before a script that changes
 * something, looks who answers at its place and where its folder leads.
 */
export type ConnectAction = {
  readonly kind: 'connect';
  readonly target: string;
  readonly script?: Pick<ShellAction, 'place' | 'cwd' | 'interactive'>;
  readonly timeoutMs: number;
};

/**
 * Returns the name of the target an action runs on; undefined for requests, probes and pauses,
 * which run locally.
 */
export function targetOf(action: Action): string | undefined {
  return 'target' in action ? action.target : undefined;
}

/** Returns whether an action only reads. */
export function isReadOnly(action: Action): boolean {
  switch (action.kind) {
    case 'sql':
    case 'shell':
    case 'http':
      return action.readOnly;
    case 'probe':
    case 'wait':
    case 'connect':
      return true;
  }
}

/** Any action of an executor. */
export type Action =
  | SqlAction
  | ShellAction
  | HttpAction
  | ProbeAction
  | WaitAction
  | ConnectAction;
