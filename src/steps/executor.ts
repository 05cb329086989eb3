import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import type { Action } from '#safety/actions/action.ts';

/**
 * The outcome of an action. `unknown`: it started, may have changed something, and its effect
 * cannot be determined (the connection was lost, or its processes were killed midway).
 */
export type StepOutcome =
  | { readonly status: 'succeeded'; readonly result: Readonly<Record<string, Json>> }
  | {
      readonly status: 'failed';
      readonly error: StepError;
      readonly result?: Readonly<Record<string, Json>>;
    }
  | {
      readonly status: 'unknown';
      readonly error: StepError;
      readonly result?: Readonly<Record<string, Json>>;
    };

/** The stream of a piece of output. */
export type OutputStream = 'stdout' | 'stderr';

/** Exclusive use of the operator's terminal by one script until it is released. */
interface TerminalLease {
  /** Returns the terminal to the screen. Idempotent. */
  release(): void;
}

/** The context of an execution, besides the action. */
export type ExecuteContext = {
  /** Aborted when the operator ends the step. The executor ends what it started, then resolves. */
  readonly signal: AbortSignal;
  /**
   * Called with every piece of output, in order, as it arrives. The receiver bounds and stores it.
   */
  readonly onOutput: (stream: OutputStream, chunk: Buffer) => void;
  /**
   * Resolves once the screen has released the terminal to an interactive script. Undefined if there
   * is not a terminal.
   */
  readonly takeTerminal?: () => Promise<TerminalLease>;
  /** The server a change was confirmed for. It does not run on any other. */
  readonly expectedServer?: string | undefined;
  /**
   * Called before a change is sent to the server, with its connection made; nothing is sent if it
   * rejects. Resolves with the moment, in milliseconds since 1970, after which a script must not
   * start any more, if there is one. Undefined if nothing has to be asked.
   */
  readonly mayStart?: (() => Promise<number | undefined>) | undefined;
};

/** Runs the actions of one kind on one target. Resolves even if the step fails. */
export interface Executor {
  execute(action: Action, context: ExecuteContext): Promise<StepOutcome>;
  /** Releases what it holds, e.g. a connection. Idempotent. */
  close(): Promise<void>;
}

/** Facts about the connection that a database executor holds. */
export type ConnectionFacts = {
  readonly engine: string;
  readonly version: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly tls: boolean;
  /**
   * An opaque identity of the server process: another server, or the same one after a restart, has
   * another. If a server does not report one, every connection has an identity of its own.
   */
  readonly server: string;
  /** The server's number of this session (the backend pid). */
  readonly session: number;
  /** True if an ordinary slot was refused and a reserved one was used. */
  readonly reserved: boolean;
};
