/** The process exit codes; documented in docs/reference/commands.md and stable. */
export const EXIT = {
  /** The run finished `resolved`, or the command did what was asked. */
  ok: 0,
  /** The run finished `unresolved`, a case of a test did not pass, or a record was altered. */
  unresolved: 1,
  /** The command line, a runbook or its cases are not valid. */
  invalid: 2,
  /** The operator aborted the run. */
  aborted: 3,
  /** A person is needed and nobody can answer: no terminal, or the answer was not a confirmation. */
  notConfirmed: 4,
  /** Environment error: no journal can be written, or a server cannot start. */
  environment: 5,
  /** The run finished `escalated`. */
  escalated: 6,
  /** The operator left the run; `runbook resume` resumes it. */
  paused: 7,
  /** An internal error: a bug in this program. */
  bug: 70,
  /** A worker of a team lost its lease; its runs go on elsewhere, and it is to be started again. */
  leaseLost: 86,
} as const;

/** One of the documented process exit codes. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** An error the person at the terminal can act on: printed without a stack, with its hint. */
export class RunbookError extends Error {
  override readonly name = 'RunbookError';
  /** A stable name for scripts, e.g. `usage`. */
  readonly code: string;
  readonly exitCode: ExitCode;
  /** The next action for the person who reads it. */
  readonly hint: string | undefined;

  constructor(
    message: string,
    options: { code: string; exitCode: ExitCode; hint?: string | undefined; cause?: unknown },
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = options.code;
    this.exitCode = options.exitCode;
    this.hint = options.hint;
  }
}

/** Returns whatever was thrown as an error. */
export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}

/** Returns an error for a command line that cannot be understood or carried out as written. */
export function usageError(message: string, hint?: string): RunbookError {
  return new RunbookError(message, { code: 'usage', exitCode: EXIT.invalid, hint });
}

/** Returns an error for a runbook that cannot be run; `message` holds its rendered diagnostics. */
export function invalidRunbookError(message: string): RunbookError {
  return new RunbookError(message, { code: 'invalid-runbook', exitCode: EXIT.invalid });
}

/** Returns an error for surroundings that do not allow what was asked. */
export function environmentError(message: string, hint?: string, cause?: unknown): RunbookError {
  return new RunbookError(message, {
    code: 'environment',
    exitCode: EXIT.environment,
    hint,
    cause,
  });
}

/** Returns the message of anything that was thrown. */
export function messageOf(error: unknown): string {
  // The error for a name with several addresses has no message of its own.
  if (error instanceof AggregateError && error.message === '')
    return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

/** Returns the code of an error, e.g. `ENOENT`; undefined if it has none. */
export function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
