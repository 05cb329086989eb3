import type { Json } from '#runbook/model/value.ts';
import type { LabEngine } from './setup/engine.ts';
import type { Lab } from './setup/lab.ts';

/** What an independent look at a fault found; it trusts nothing a run says of itself. */
export type FaultCheck = {
  /** True when those who suffered from the fault are served again. */
  readonly gone: boolean;
  /** What was healthy and is lost, a sentence each. */
  readonly collateral: readonly string[];
  readonly facts: Readonly<Record<string, Json>>;
};

/** The layer of a connection at which a fault is, in the order in which they are gone through. */
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

/** Something a person does outside of the engine's reach, as the platform's tools would do it. */
export type ByHand = {
  /** Lower case, with hyphens, e.g. `start-database`. */
  readonly name: string;
  /** What it does, in an imperative sentence. */
  readonly title: string;
  do(): Promise<void>;
};

/** A fault that is there now. */
export type MadeFault = {
  readonly layer: FaultLayer;
  /** The runbook that is meant to resolve it. */
  readonly runbook: string;
  /** Inputs for that runbook, as text; those of URLs hold passwords. */
  readonly inputs: Readonly<Record<string, string>>;
  /** What was set up, for a person; holds no secret. */
  readonly describe: string;
  /** An error line as the application's driver writes it: what the person on call is paged with. */
  readonly complaint: string;
  /** Returns the URL that the application connects with now; a step by hand may change it. */
  appUrl(): string;
  /** A program and its arguments that start another program where the fault is felt; none: anywhere. */
  readonly surroundings?: readonly string[];
  readonly byHand: readonly ByHand[];
  /** Looks whether the fault is gone and what was lost on the way. */
  check(): Promise<FaultCheck>;
  /** Makes the lab well again, whatever was done meanwhile; safe to call twice. */
  undo(): Promise<void>;
};

/** A fault that can be made on a lab. */
export type FaultKind = {
  /** Lower case, with hyphens, e.g. `refused-closed-port`. */
  readonly name: string;
  /** What is wrong, in a few words. */
  readonly title: string;
  readonly engines: readonly LabEngine[];
  /** Returns why it cannot be made on this machine; undefined when it can. */
  missing?(): Promise<string | undefined>;
  /** Makes it on a lab that is well and resolves when it is there. */
  make(lab: Lab): Promise<MadeFault>;
};

/** A real fault on real servers of its own; everything ends with the process that started it. */
export type Fault = Omit<MadeFault, 'undo'> & {
  /** Ends every process of the fault and removes its files; safe to call twice. */
  stop(): Promise<void>;
};
