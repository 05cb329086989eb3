import { isOfAdhoc } from '../log/adhoc.ts';
import type { RunEvent } from '../log/event.ts';
import type { RunView } from './run-view.ts';

/** Returns whether an event ends the opening page: the operator starts the run, or a step runs. */
export function begins(event: RunEvent): boolean {
  if (isOfAdhoc(event)) return false;
  if (event.type === 'operator.acted') return event.intent.type !== 'edit';
  return event.type === 'step.started' || event.type === 'gate.opened';
}

/**
 * Returns whether the run is on its opening page: nothing has run, and Enter starts it. A run that was only
 * created is on it as well; it takes no key yet.
 */
export function isOpening({ awaited, begun, seq, status }: RunView): boolean {
  if (begun !== true && seq === 1) return true;
  if (begun === true || status !== 'waiting' || awaited === undefined) return false;
  return awaited.for === 'start' || awaited.for === 'answer' || awaited.for === 'report';
}
