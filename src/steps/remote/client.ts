import type { StepError } from '#runbook/model/step-error.ts';
import type { ErrorRule } from '../error-rule.ts';

/** How a client of this machine is to be called. */
export type Call = {
  /** Has to be on the PATH. */
  readonly program: string;
  readonly words: readonly string[];
};

/** Reaches the place that scripts run in: ssh, docker or kubectl of this machine. */
export interface Client {
  /** The place for people, e.g. `ssh app@web-1`. */
  readonly place: string;
  /** What the client says when it cannot. */
  readonly rules: readonly ErrorRule[];
  /**
   * Makes the connection, if there is one to make and it is not there already. Resolves with what is
   * in the way.
   */
  connect?(timeoutMs: number, signal: AbortSignal): Promise<StepError | undefined>;
  /** Returns how to run a command there, its words as they are; on the terminal when asked to. */
  call(words: readonly string[], terminal: boolean): Call;
  /** Lets go of the connection; safe to call twice. */
  close(): Promise<void>;
}
