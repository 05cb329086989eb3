import type { Reason } from '#events/log/event.ts';
import type { OutcomeCheck } from '#events/log/parts.ts';
import { defined } from '#runbook/model/defined.ts';
import type { MachineContext, SettledStatus, Visit } from '../context.ts';
import type { MachineEvent } from '../event.ts';

type Part = 'action' | 'undo';

/** Returns the reason for the question about an unknown outcome, with what its check says. */
export function unknownOutcome(part: Part, { check }: Visit): Reason {
  return { kind: 'unknown', part, ...defined({ check: check?.says, problem: check?.problem }) };
}

/** Returns the visit in which the check of an unknown outcome begins. */
export function rechecked(visit: Visit, by: NonNullable<Visit['rechecking']>): Visit {
  const { check: _, ...rest } = visit;
  return { ...rest, rechecking: by };
}

/** Returns the visit with what the check of an unknown outcome says, and why it failed. */
export function withCheck(visit: Visit, says: OutcomeCheck, event: MachineEvent): Visit {
  const { rechecking: _, ...rest } = visit;
  const problem = 'error' in event ? event.error.message : undefined;
  return { ...rest, check: { says, ...defined({ problem }) } };
}

/** Returns the context in which the outcome of a change, or of its undo, is unknown. */
export function withUnsettled(context: MachineContext, step: string, part: Part): MachineContext {
  const says = context.visit.check?.says ?? 'none';
  const key = keyOf(step, part, context.visit);
  return { ...context, unsettled: { ...context.unsettled, [key]: says } };
}

/**
 * Returns what the check said of a change whose outcome was unknown when it last ran; undefined if
 * its outcome is known, or the run began before its gate says so.
 */
export function unsettledOf(
  { looksFirst, unsettled, visit }: MachineContext,
  step: string,
  part: Part,
): OutcomeCheck | undefined {
  if (looksFirst !== true) return undefined;
  return unsettled[keyOf(step, part, visit)] ?? unsettled[keyOf(step, part, {})];
}

/** Returns the context after a change has ended: a success, or evidence of one, settles it. */
export function withSettled(
  context: MachineContext,
  step: string,
  status: SettledStatus,
): MachineContext {
  if (status !== 'succeeded' && status !== 'done-by-hand') return context;
  return without(context, keyOf(step, 'action', context.visit));
}

/** Returns the context after an undo: it settles the change as well. */
export function withUndone(context: MachineContext, step: string): MachineContext {
  const undone = without(context, keyOf(step, 'undo', context.visit));
  return without(undone, keyOf(step, 'action', context.visit));
}

function without(context: MachineContext, key: string): MachineContext {
  if (!Object.hasOwn(context.unsettled, key)) return context;
  const { [key]: _, ...unsettled } = context.unsettled;
  return { ...context, unsettled };
}

/** An item of a list is a change of its own. */
function keyOf(step: string, part: Part, { item }: Pick<Visit, 'item'>): string {
  return `${part} ${step}${item === undefined ? '' : ` ${item.index}`}`;
}
