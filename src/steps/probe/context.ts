import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import type { Environment } from '../shell/environment.ts';
import type { Deadline } from '../wire/deadline.ts';

/** The context of a probe, besides its parameters. */
export type ProbeContext = {
  /** Interrupts any wait of the probe when it ends. */
  readonly deadline: Deadline;
  readonly applicationName: string;
  readonly env: Environment;
  /** The name servers that explain a failed lookup; undefined for the system's. */
  readonly nameServers: readonly string[] | undefined;
};

/** The report of a probe; with an error if the check did not pass. */
export type ProbeReport = {
  readonly result: Readonly<Record<string, Json>>;
  readonly error?: StepError | undefined;
};
