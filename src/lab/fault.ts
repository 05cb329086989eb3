import type { Json } from '../runbook/value.ts';

/** What an independent look at a fault found; it trusts nothing a run says of itself. */
export type FaultCheck = {
  /** True when those who suffered from the fault are served again. */
  readonly gone: boolean;
  /** What was healthy and is lost, a sentence each. */
  readonly collateral: readonly string[];
  readonly facts: Readonly<Record<string, Json>>;
};

/** A real fault on real servers of its own; everything ends with the process that started it. */
export type Fault = {
  /** The runbook that is meant to resolve it. */
  readonly runbook: string;
  /** Inputs for that runbook, as text; `database_url` holds a password. */
  readonly inputs: Readonly<Record<string, string>>;
  /** What was set up, for a person; holds no secret. */
  readonly describe: string;
  /** Looks whether the fault is gone and what was lost on the way. */
  check(): Promise<FaultCheck>;
  /** Ends every process of the fault and removes its files; safe to call twice. */
  stop(): Promise<void>;
};
