import { assertEvent } from 'xstate';
import type { MachineContext, PendingChange, Visit } from '../context.ts';
import type { Refuse } from '../effect.ts';
import type { Placed } from '../placed-step.ts';
import { type Of, of } from '../step-of.ts';
import { executionOf } from './rendering.ts';

/** A gate waits: nothing of the past is undone while something new is to be decided. */
export const GATE = { 'UNDO.*': {} } as const;

/** Says why an answer did not open a gate. */
export function refusal(step: Placed) {
  return {
    type: 'refuse' as const,
    params: ({ context: { visit }, event }: Of): Refuse => {
      assertEvent(event, 'CONFIRM');
      const isShown = event.digest === visit.pending?.digest;
      const reason = isShown ? 'that is not the phrase' : 'it is not what the gate shows';
      return { step: step.id, reason };
    },
  };
}

/** The way of a confirmation that was given for another server than the target leads to now. */
export function movedServer(step: Placed, part: 'action' | 'undo', fresh: string) {
  const reason = 'the server changed since it was shown';
  return {
    guard: { type: 'serverChanged' as const, params: { ...of(step), part } },
    target: fresh,
    actions: { type: 'refuse' as const, params: { step: step.id, reason } },
  };
}

/** Carries out the change that was confirmed: what was pending, not what could be rendered now. */
export function confirmedExecution(step: Placed, part: 'action' | 'undo') {
  return {
    type: 'executeChange' as const,
    params: ({ context }: { readonly context: MachineContext }) => {
      const { pending } = context.visit;
      return {
        ...executionOf(context, step, part),
        ...(pending && pendingExecution(context.visit, pending)),
      };
    },
  };
}

function pendingExecution({ confirmed }: Visit, { action, digest, server }: PendingChange) {
  return { action, digest, server, confirmed: confirmed?.digest ?? digest };
}

/** Says that the operator declined, as the error of what did not happen. */
export function declined({ event }: Of) {
  assertEvent(event, 'DECLINE');
  const reason = event.reason === '' ? '' : `: ${event.reason}`;
  return { kind: 'declined' as const, message: `declined${reason}` };
}
