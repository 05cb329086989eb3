import { isOfAdhoc } from '../log/adhoc.ts';
import type { RunEvent } from '../log/event.ts';
import type { RunView } from './run-view.ts';

/** Returns whether an event ends the opening page: the operator starts the run, or a step runs. */
export function begins(event: RunEvent): boolean {
  if (isOfAdhoc(event)) return false;
  if (event.type === 'operator.acted') return event.intent.type !== 'edit';
  return event.type === 'step.started' || event.type === 'gate.opened';
}

/** Returns whether the run waits on its opening page: nothing has run, and Enter starts it. */
export function isOpening({ awaited, begun, status }: RunView): boolean {
  if (begun === true || status !== 'waiting' || awaited === undefined) return false;
  return awaited.for === 'start' || awaited.for === 'answer' || awaited.for === 'report';
}
