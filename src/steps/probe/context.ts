import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import type { Environment } from '../shell/environment.ts';
import type { Deadline } from '../wire/deadline.ts';

/** What a probe works with besides its parameters. */
export type ProbeContext = {
  /** Its end interrupts whatever the probe waits for. */
  readonly deadline: Deadline;
  readonly applicationName: string;
  readonly env: Environment;
  /** Asked why a name has no address; the system's when undefined. */
  readonly nameServers: readonly string[] | undefined;
};

/** What a probe found out; with an error that was not what was hoped for. */
export type ProbeReport = {
  readonly result: Readonly<Record<string, Json>>;
  readonly error?: StepError | undefined;
};
