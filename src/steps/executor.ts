import type { StepError } from '#runbook/model/step-error.ts';
import type { Json } from '#runbook/model/value.ts';
import type { Action } from '#safety/actions/action.ts';

/**
 * How an action ended. `unknown`: it started, may have changed something, and what it did cannot be
 * told (the connection was lost, or its processes were ended halfway).
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

/** The stream a piece of output came from. */
export type OutputStream = 'stdout' | 'stderr';

/** The operator's terminal, lent to one script; nothing else reads or writes it until it is released. */
export interface TerminalLease {
  /** Gives the terminal back to the screen; safe to call twice. */
  release(): void;
}

/** What an executor is given besides the action. */
export type ExecuteContext = {
  /** Aborted when the operator ends the step: the executor ends what it started, then resolves. */
  readonly signal: AbortSignal;
  /** Called with every piece of output, in order, as it arrives; the receiver bounds and stores it. */
  readonly onOutput: (stream: OutputStream, chunk: Buffer) => void;
  /**
   * Resolves when the screen has let go of the terminal, for an interactive script; missing where
   * there is no terminal to hand over.
   */
  readonly takeTerminal?: () => Promise<TerminalLease>;
  /** The server a change was confirmed for; on another one it does not run. */
  readonly expectedServer?: string | undefined;
};

/** Carries out the actions of one kind on one target. Resolves for every failure of the step. */
export interface Executor {
  execute(action: Action, context: ExecuteContext): Promise<StepOutcome>;
  /** Lets go of what it holds (a connection); safe to call twice. */
  close(): Promise<void>;
}

/** What a database executor says about the connection it holds. */
export type ConnectionFacts = {
  readonly engine: string;
  readonly version: string;
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly tls: boolean;
  /**
   * Which server process was reached, as an opaque text: another server, or the same one started again,
   * has another. Where a server does not say, every connection has an identity of its own.
   */
  readonly server: string;
  /** The server's own number of this session (backend pid). */
  readonly session: number;
  /** True when an ordinary slot was refused and a reserved one was used. */
  readonly reserved: boolean;
};
