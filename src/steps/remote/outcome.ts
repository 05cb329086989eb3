import { beforeItBegan, type StepError } from '#runbook/model/step-error.ts';
import type { ShellAction } from '#safety/kinds/shell.ts';
import { formatDuration } from '#text/duration.ts';
import type { StepOutcome } from '../executor.ts';
import { TOO_LATE_ERROR } from '../shell/not-after.ts';
import { type ScriptEnd, shellOutcome } from '../shell/outcome.ts';
import type { Client } from './client.ts';
import { clientError } from './client-error.ts';
import type { Reports } from './reports.ts';

/**
 * Returns the outcome of a remote script. One that was never sent has failed and changed nothing;
 * the outcome of a change whose end was not reported is unknown.
 */
export function remoteOutcome(
  action: ShellAction,
  end: ScriptEnd,
  reports: Reports,
  { place, rules }: Client,
): StepOutcome {
  const { result, stopped } = end;
  if (!reports.hasBegun) {
    const error =
      stopped === undefined
        ? clientError(reports.noise, rules, place)
        : notReached(stopped, place, action.timeoutMs);
    return { status: 'failed', error: beforeItBegan(error) };
  }
  if (reports.wasLate) return { status: 'failed', error: TOO_LATE_ERROR };
  if (reports.wasOther) return { status: 'failed', error: OTHER_PLACE };
  if (reports.lacksFolder)
    return {
      status: 'failed',
      error: beforeItBegan({
        kind: 'not_found',
        message: `there is no folder ${action.cwd} in ${place}`,
      }),
    };
  if (stopped !== undefined || reports.exit !== undefined) return shellOutcome(action, end);
  const error: StepError = {
    kind: 'reset',
    phase: 'query',
    message: `the connection to ${place} was lost while the script ran`,
    hint: 'Its processes are ended there as soon as the other side notices.',
  };
  return { status: action.readOnly ? 'failed' : 'unknown', error, result };
}

/** Returns the error of a connection that timed out or was cancelled. */
export function notReached(
  why: 'timeout' | 'cancelled',
  place: string,
  timeoutMs: number,
): StepError {
  return why === 'timeout'
    ? {
        kind: 'timeout',
        phase: 'tcp',
        message: `no answer from ${place} within ${formatDuration(timeoutMs)}`,
      }
    : { kind: 'cancelled', message: `ended by the operator before ${place} was reached` };
}

/** The error of a change that was confirmed for another machine, container, pod or folder. */
export const OTHER_PLACE: StepError = {
  kind: 'other_server',
  message: 'another machine, container or folder is there than was confirmed',
  hint: 'Nothing was run. Confirm it for what is there now.',
};
