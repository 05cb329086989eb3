import type { RunEvent } from '#events/log/event.ts';
import type { RunView } from '#events/view/run-view.ts';

/**
 * Returns whether an event must be on the disk before the run continues: an answer to a gate, the
 * start and the end of an action that is not a read, and any stop of the run. `view` includes all
 * events before it.
 */
export function isDurable(event: RunEvent, view: RunView): boolean {
  switch (event.type) {
    case 'gate.answered':
    case 'run.resumed':
    case 'run.paused':
    case 'run.finished':
      return true;
    case 'step.started':
      return event.effect !== 'read';
    case 'step.finished':
      return event.unexpected === true || endsChange(event, view);
    default:
      return false;
  }
}

function endsChange({ part, step }: Extract<RunEvent, { type: 'step.finished' }>, view: RunView) {
  if (part !== 'action') return part === 'undo';
  const steps = [...view.steps, ...(view.adhoc ?? [])];
  return steps.find(({ id }) => id === step)?.effect !== 'read';
}
