import type { StepError } from '#runbook/model/step-error.ts';
import type { ErrorRule } from '../wire/network-error.ts';

/** A command line of a client on this machine. */
type Call = {
  /** Must be on the PATH. */
  readonly program: string;
  readonly words: readonly string[];
};

/** How a client on this machine is asked. */
export type Asking = {
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
};

/** Who answers at a place, as far as its client can tell. */
export type Answering = {
  /** Equal for the same machine, container or pod. */
  readonly said: string;
  /** For people. */
  readonly shown: string;
  /** As {@link Client.call}, but it reaches no other. */
  readonly call: Client['call'];
};

/** A client that reaches the place where scripts run: ssh, docker or kubectl on this machine. */
export interface Client {
  /** The place, for people, e.g. `ssh app@web-1`. */
  readonly place: string;
  /** Rules for the client's error messages. */
  readonly rules: readonly ErrorRule[];
  /**
   * Opens the connection if the client has one and it is not open yet. Resolves with an error if it
   * cannot.
   */
  connect?(timeoutMs: number, signal: AbortSignal): Promise<StepError | undefined>;
  /**
   * Returns the command line that runs a command there, its words unchanged; on a terminal if
   * requested.
   */
  call(words: readonly string[], terminal: boolean): Call;
  /** Resolves with who answers there now, or with the error that prevents it; connected before. */
  identify(how: Asking): Promise<Answering | { error: StepError }>;
  /** The script by which the far side says who it is, on one line; see `look.ts`. */
  readonly selfPortrait: string;
  /** Closes the connection. Idempotent. */
  close(): Promise<void>;
}
