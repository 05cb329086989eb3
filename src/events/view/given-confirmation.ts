import { defined } from '#runbook/model/defined.ts';
import type { Row } from '#runbook/model/value.ts';
import type { RunEvent } from '../log/event.ts';
import type { GateView } from './run-view.ts';

/** A recorded confirmation that has not led to its change yet. */
export type GivenConfirmation = {
  readonly step: string;
  readonly digest: string;
  readonly operator: string;
  /** The rows that it is for, if its gate showed any. */
  readonly rows?: readonly Row[];
  /** Set if it is for several items: it ends with the first question, or with its step. */
  readonly isForSeveral?: true;
};

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
