import type { RunEvent } from '../log/event.ts';

/** A recorded confirmation that has not led to its change yet. */
export type GivenConfirmation = {
  readonly step: string;
  readonly digest: string;
  readonly operator: string;
};

/** Returns the valid confirmation after one more event: a start or a new question ends it. */
export function confirmationAfter(
  before: GivenConfirmation | undefined,
  event: RunEvent,
): GivenConfirmation | undefined {
  switch (event.type) {
    case 'gate.answered': {
      const { step, digest, operator } = event;
      return event.answer === 'confirmed' ? { step, digest, operator } : undefined;
    }
    case 'step.started':
      return event.part === 'recheck' && event.step === before?.step ? before : undefined;
    case 'step.entered':
    case 'step.skipped':
    case 'step.settled':
    case 'item.settled':
    case 'gate.opened':
    case 'run.resumed':
      return undefined;
    default:
      return before;
  }
}
