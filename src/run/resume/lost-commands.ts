import type { RunEvent } from '#events/log/event.ts';
import type { RunView } from '#events/view/run-view.ts';

/**
 * Returns the events to record for an ad-hoc command that was open when its process ended. The
 * outcome of a change that had started is unknown; it is never repeated automatically.
 */
export function lostCommand(view: RunView | undefined): readonly RunEvent[] {
  const command = view?.behind === undefined ? undefined : view.adhoc?.at(-1);
  if (command === undefined) return [];
  const { id: step, effect } = command;
  // A look at its place is not part of what it does.
  const started = command.executions.findLast(({ action }) => action.kind !== 'connect');
  if (started !== undefined && started.status !== 'running')
    return [{ type: 'step.settled', step, status: endOf(started.status), ...errorOf(started) }];
  if (started !== undefined && effect !== 'read') {
    const message = 'the program ended while it ran, and what it did is not known';
    const hint = 'look whether it took effect; it is not run again by itself';
    const error = { kind: 'unknown', message, hint } as const;
    const ended = { visit: 1, part: 'action', attempt: 1, ms: 0, outputs: [] } as const;
    return [{ type: 'step.finished', step, ...ended, status: 'unknown', error }];
  }
  const message =
    started === undefined
      ? 'the program ended before it was started'
      : 'the program ended while it ran; it only reads';
  const error = { kind: 'cancelled', message } as const;
  return [{ type: 'step.settled', step, status: 'failed', error }];
}

type Ended = NonNullable<RunView['adhoc']>[number]['executions'][number];

function endOf(status: Ended['status']): 'succeeded' | 'failed' {
  return status === 'succeeded' ? status : 'failed';
}

function errorOf({ error }: Ended) {
  return error === undefined ? {} : { error };
}
