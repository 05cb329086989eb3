import { assertEvent } from 'xstate';
import type { Reason } from '#events/log/event.ts';
import type { MachineContext, PendingChange, Visit } from '../context.ts';
import type { Refuse } from '../effect.ts';
import type { MachineEvent } from '../event.ts';
import type { Placed } from '../placed-step.ts';
import { type Of, of } from '../step-of.ts';
import { executionOf } from './rendering.ts';

type Confirm = Extract<MachineEvent, { type: 'CONFIRM' }>;
type LeaveOut = Extract<MachineEvent, { type: 'LEAVE_OUT' }>;

/** While a gate is open, no earlier change can be undone. */
export const GATE = { 'UNDO.*': {} } as const;

/** Returns the record of why an answer did not open a gate. */
export function refusal(step: Placed) {
  return {
    type: 'refuse' as const,
    params: ({ context: { visit }, event }: Of): Refuse => {
      assertEvent(event, ['CONFIRM', 'LEAVE_OUT']);
      return { step: step.id, why: reasonOf(event, visit.pending?.digest) };
    },
  };
}

function reasonOf(event: Confirm | LeaveOut, digest: string | undefined): Reason {
  if (event.digest !== digest) return { kind: 'other-gate' };
  if (event.type === 'LEAVE_OUT') return { kind: 'other-rows' };
  if (event.otherRun === undefined) return { kind: 'other-phrase' };
  return { kind: 'other-run', run: event.otherRun };
}

/**
 * The transition of a confirmation that was given for another server than the target's current one.
 */
export function movedServer(step: Placed, part: 'action' | 'undo', fresh: string) {
  const why = { kind: 'other-server' } as const;
  return {
    guard: { type: 'serverChanged' as const, params: { ...of(step), part } },
    target: fresh,
    actions: { type: 'refuse' as const, params: { step: step.id, why } },
  };
}

/** Executes the confirmed change: the one that was pending, without rendering it again. */
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

function pendingExecution(visit: Visit, { action, digest, server, all }: PendingChange) {
  const { together } = visit.loop ?? {};
  const own = all?.[0]?.digest ?? digest;
  const confirmed = visit.confirmed?.digest ?? together?.digest ?? digest;
  return { action, digest: own, server, confirmed, isTogether: together !== undefined };
}

/** Returns the operator's refusal as an error. */
export function declined({ event }: Of) {
  assertEvent(event, 'DECLINE');
  const reason = event.reason === '' ? '' : `: ${event.reason}`;
  return { kind: 'declined' as const, message: `declined${reason}` };
}
