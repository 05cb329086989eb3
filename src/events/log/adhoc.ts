import type { RunEvent } from './event.ts';

/** Returns the ID of the `count`-th ad-hoc command in a run; no step can have such an ID. */
export function adhocId(count: number): string {
  return `!${count}`;
}

/** Returns whether an ID is that of an ad-hoc command. */
export function isAdhoc(step: string): boolean {
  return step.startsWith('!');
}

/** Returns whether an event belongs to an ad-hoc command: it does not move the run. */
export function isOfAdhoc(event: RunEvent): boolean {
  return 'step' in event && event.step !== undefined && isAdhoc(event.step);
}
