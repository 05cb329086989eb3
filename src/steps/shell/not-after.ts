import type { StepError } from '#runbook/model/step-error.ts';

/** The exit code of a script that came too late, before its first line. */
const TOO_LATE = 111;

/**
 * Returns the beginning of a script that must not start after a moment, in milliseconds since 1970: a
 * process that was stopped between its check and the start of a script must not start it when it wakes.
 */
export function notAfterGuard(notAfter: number | undefined): string {
  if (notAfter === undefined) return '';
  return `[ "$(date +%s)" -le ${Math.floor(notAfter / 1_000)} ] || exit ${TOO_LATE};`;
}

/** Returns whether a script that was started at a moment did not begin because it was late. */
export function wasTooLate(
  notAfter: number | undefined,
  startedAt: number,
  exitCode: number | null,
): boolean {
  // The clock of the guard has seconds.
  return notAfter !== undefined && exitCode === TOO_LATE && startedAt >= notAfter - 1_000;
}

/** The error of a script that came too late. */
export const TOO_LATE_ERROR: StepError = {
  kind: 'cancelled',
  begun: false,
  message: 'never started: another worker may have the run by now',
};
