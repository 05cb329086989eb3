import type { RunEvent } from './event.ts';

/** Returns the id of the `count`-th command of one's own in a run; no step can have one like it. */
export function adhocId(count: number): string {
  return `!${count}`;
}

/** Returns whether an id is that of a command the operator entered, and of no step of the runbook. */
export function isAdhoc(step: string): boolean {
  return step.startsWith('!');
}

/** Returns whether an event belongs to a command the operator entered: the runbook does not move by it. */
export function isOfAdhoc(event: RunEvent): boolean {
  return 'step' in event && event.step !== undefined && isAdhoc(event.step);
}
