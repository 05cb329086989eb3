import type { Hash } from '#safety/actions/digest.ts';
import type { ItemChange, Loop, MachineContext, Visit } from '../context.ts';
import type { Acting } from '../placed-step.ts';
import { placeOf } from './items.ts';
import { visitOfItem } from './looking.ts';
import { proposeChange } from './proposing.ts';

/** Returns the visit with what its gate shows: one change, or those of several items. */
export function propose(
  context: MachineContext,
  step: Acting,
  part: 'action' | 'undo',
  hash: Hash,
  isSecret: (text: string) => boolean,
): Visit {
  return part === 'action' && step.forEach?.gate === 'all'
    ? proposeTogether(context, step, hash, isSecret)
    : proposeChange(context, step, part, hash, isSecret);
}

/**
 * Returns the visit with the changes of the current item and of all items that have not begun, for one
 * gate; or with the error that prevents one of them. An item that its list was confirmed with has its own change
 * alone.
 */
function proposeTogether(
  context: MachineContext,
  step: Acting,
  hash: Hash,
  isSecret: (text: string) => boolean,
): Visit {
  const own = proposeChange(context, step, 'action', hash, isSecret);
  const { loop, item, pending } = own;
  if (loop === undefined || item === undefined || pending === undefined) return own;
  if (isCovered(own)) return own;
  const { action, found } = pending;
  const all: ItemChange[] = [{ item, action, digest: pending.digest, found }];
  // One of them that may take effect twice makes the gate of all as strict as its own.
  let strictest = pending;
  for (let index = loop.taken; index < loop.items.length; index += 1) {
    const visit = visitOfItem(loop, index);
    const proposed = proposeChange({ ...context, visit }, step, 'action', hash, isSecret);
    if (proposed.pending === undefined)
      return refused(own, placeOf(loop, index).label, proposed.error);
    const { action, digest, found, unsettled } = proposed.pending;
    if (strictest.unsettled === undefined && unsettled !== undefined) strictest = proposed.pending;
    all.push({ item: placeOf(loop, index), action, digest, found });
  }
  const visit = withoutTogether(own);
  if (all.length === 1) return visit;
  const digest = hash(JSON.stringify(all.map((change) => change.digest)));
  const { phrase, unsettled } = strictest;
  return { ...visit, pending: { ...pending, phrase, unsettled, digest, all } };
}

function refused({ pending: _, ...visit }: Visit, label: string, error: Visit['error']): Visit {
  const { kind = 'unresolved', message = 'it cannot be rendered', ...rest } = error ?? {};
  return { ...visit, error: { ...rest, kind, message: `${label}: ${message}` } };
}

/** Returns whether the change of the current item was confirmed with those of its list. */
export function hasTogether({ visit }: MachineContext): boolean {
  return visit.pending !== undefined && isCovered(visit);
}

function isCovered({ loop, item, pending }: Visit): boolean {
  const digest = item && loop?.together?.digests[item.index - 1];
  return digest !== undefined && digest === pending?.digest;
}

/** Returns the visit with the confirmed changes of the items that follow; each may run once. */
export function keepTogether(visit: Visit): Visit {
  const { loop, pending } = visit;
  if (loop === undefined || pending?.all === undefined) return visit;
  const [, ...following] = pending.all;
  const digests = Object.fromEntries(following.map(({ item, digest }) => [item.index - 1, digest]));
  const together: Loop['together'] = { digest: pending.digest, digests };
  return { ...visit, loop: { ...loop, together } };
}

/** Returns the visit without the confirmation of its list: the items that are left are asked about again. */
export function withoutTogether(visit: Visit): Visit {
  if (visit.loop?.together === undefined) return visit;
  const { together: _, ...loop } = visit.loop;
  return { ...visit, loop };
}
