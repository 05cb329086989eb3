import type { Json } from '#runbook/model/value.ts';
import type { LabEngine } from './engines.ts';
import type { Lab } from './setup/lab.ts';

/**
 * The result of an independent check of a fault. It trusts nothing that a run reports about itself.
 */
export type FaultCheck = {
  /** True if the affected users are served again. */
  readonly gone: boolean;
  /** The healthy things that were lost, one sentence each. */
  readonly collateral: readonly string[];
  readonly facts: Readonly<Record<string, Json>>;
};

/** The layers of a connection in order; a fault is at one of them. */
export type FaultLayer =
  | 'config'
  | 'dns'
  | 'tcp'
  | 'tls'
  | 'login'
  | 'database'
  | 'capacity'
  | 'pool'
  | 'work';

/** A manual action outside the engine's reach, as done with the platform's tools. */
export type ByHand = {
  /** Lower case, with hyphens, e.g. `start-database`. */
  readonly name: string;
  /** The action, as an imperative sentence. */
  readonly title: string;
  do(): Promise<void>;
};

/** An active fault. */
export type MadeFault = {
  readonly layer: FaultLayer;
  /** The runbook that should resolve it. */
  readonly runbook: string;
  /** The inputs of that runbook, as text. URLs include passwords. */
  readonly inputs: Readonly<Record<string, string>>;
  /** A description for people, without secrets. */
  readonly describe: string;
  /** An error line as the application's driver writes it: the text of the page to the operator. */
  readonly complaint: string;
  /** Returns the URL that the application connects with. A manual action may change it. */
  appUrl(): string;
  /**
   * A command prefix that starts a program where the fault has an effect; undefined for anywhere.
   */
  readonly surroundings?: readonly string[];
  readonly byHand: readonly ByHand[];
  /** Checks whether the fault is resolved and what was lost on the way. */
  check(): Promise<FaultCheck>;
  /** Restores the lab to a healthy state, whatever was done in between. Idempotent. */
  undo(): Promise<void>;
};

/** A fault that can be created on a lab. */
export type FaultKind = {
  /** Lower case, with hyphens, e.g. `refused-closed-port`. */
  readonly name: string;
  /** The fault, in a few words. */
  readonly title: string;
  readonly engines: readonly LabEngine[];
  /** Returns the reason why it cannot be created on this machine; undefined if it can. */
  missing?(): Promise<string | undefined>;
  /** Creates the fault on a healthy lab. Resolves once it is active. */
  make(lab: Lab): Promise<MadeFault>;
};

/** A real fault on its own servers. Everything ends with the process that started it. */
export type Fault = Omit<MadeFault, 'undo'> & {
  /** Ends every process of the fault and removes its files. Idempotent. */
  stop(): Promise<void>;
};
