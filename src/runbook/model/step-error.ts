/**
 * The kinds of failure a runbook can branch on (`error.kind`), documented in
 * docs/reference/language.md. `none` is the value in expressions after a success.
 */
export const ERROR_KINDS = [
  'none',
  'config',
  'dns',
  'refused',
  'unreachable',
  'timeout',
  'reset',
  'tls',
  'auth',
  'no_database',
  'no_permission',
  'too_many_connections',
  'starting_up',
  'read_only',
  'lock',
  'syntax',
  'exit',
  'signal',
  'not_found',
  'cancelled',
  'declined',
  'unresolved',
  'unexpected',
  'unverified',
  'unchecked',
  'too_many_rows',
  'other_server',
  'unknown',
] as const;

/** One of the documented kinds of failure. */
export type ErrorKind = (typeof ERROR_KINDS)[number];

/** The stages of a connection in which a failure can happen, in order. */
export const ERROR_PHASES = ['dns', 'tcp', 'tls', 'auth', 'query'] as const;
/** One of {@link ERROR_PHASES}. */
export type ErrorPhase = (typeof ERROR_PHASES)[number];

/** Returns whether an action was refused because another server or folder is there than was confirmed. */
export function isFromOtherServer(error: Pick<StepError, 'kind'> | undefined): boolean {
  return error?.kind === 'other_server';
}

/**
 * Returns whether an action failed before any of it was sent, so that it changed nothing: whoever
 * runs it says so, or it was refused, or the connection that it needs could not be made.
 */
export function wasNotSent(
  error: Pick<StepError, 'kind' | 'phase' | 'begun'> | undefined,
): boolean {
  if (error?.begun !== undefined) return !error.begun;
  return isFromOtherServer(error) || (error?.phase !== undefined && error.phase !== 'query');
}

/** Returns whether the action itself succeeded, and only its verification did not. */
export function isCarriedOut(error: Pick<StepError, 'kind'> | undefined): boolean {
  return error?.kind === 'unverified' || error?.kind === 'unchecked';
}

/**
 * Returns the error of a step whose action succeeded and whose last check failed. A check that has a
 * result and was not stopped has answered, as a probe that cannot log in.
 */
export function afterFailedCheck(
  { at: _, position: __, ...error }: StepError,
  hasResult: boolean,
): StepError {
  const hasAnswered = hasResult && error.kind !== 'cancelled';
  return { ...error, kind: hasAnswered ? 'unverified' : 'unchecked', begun: true };
}

/** Returns an error of an action of which nothing was sent or started. */
export function beforeItBegan(error: StepError): StepError {
  return { ...error, begun: false };
}

/** The reason why a step failed, as data. */
export type StepError = {
  readonly kind: ErrorKind;
  readonly message: string;
  readonly phase?: ErrorPhase;
  /**
   * Whether something of the action was sent or started, where that is known; without it, the phase
   * tells. Records of earlier builds lack it.
   */
  readonly begun?: boolean;
  /** SQLSTATE, MySQL errno, errno name, or a process exit code, as text. */
  readonly code?: string;
  /** An action for the operator, e.g. the role that could still log in. */
  readonly hint?: string;
  /** Offset (0-based, in UTF-16 units) in the SQL text that ran. */
  readonly position?: number;
  /**
   * The place in the runbook file that `position` maps to; lines and columns count from 1. `file`
   * is set if it is the file of a runbook that runs as a step.
   */
  readonly at?: { readonly line: number; readonly column: number; readonly file?: string };
};
