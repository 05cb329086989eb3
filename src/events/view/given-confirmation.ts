import { defined } from '#runbook/model/defined.ts';
import type { RunEvent } from '../log/event.ts';
import type { GateView, GivenConfirmation } from './run-view.ts';

/** Returns the valid confirmation after one more event: a start or a new question ends it. */
export function confirmationAfter(
  before: GivenConfirmation | undefined,
  event: RunEvent,
  gate: Pick<GateView, 'items' | 'preview'> | undefined,
): GivenConfirmation | undefined {
  switch (event.type) {
    case 'gate.answered': {
      const { step, digest, operator } = event;
      if (event.answer !== 'confirmed') return undefined;
      const several = gate?.items === undefined ? {} : { isForSeveral: true as const };
      return { step, digest, operator, ...several, ...defined({ rows: gate?.preview?.rows }) };
    }
    case 'step.started':
      if (event.step !== before?.step) return undefined;
      return event.part === 'recheck' || before.isForSeveral ? before : undefined;
    case 'item.settled':
      return before?.isForSeveral ? before : undefined;
    case 'operator.awaited':
      return before?.isForSeveral ? undefined : before;
    case 'step.entered':
    case 'step.skipped':
    case 'step.settled':
    case 'gate.opened':
    case 'run.resumed':
      return undefined;
    default:
      return before;
  }
}
