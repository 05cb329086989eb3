import type { Body } from '#runbook/model/runbook.ts';
import { THIS_MACHINE } from '#safety/actions/place.ts';
import type { Found, Loop, MachineContext, Visit } from '../context.ts';
import type { Execute } from '../effect.ts';
import type { Acting } from '../placed-step.ts';
import { placeOf } from './items.ts';
import { differsByServer } from './open-engine.ts';
import { changeOf, executionOf, targetFactsOf } from './rendering.ts';

type Part = 'action' | 'undo';

/** Returns whether a change may have to connect before its gate: for its text, or to look at its place. */
export function connectsBefore(body: Body | undefined): boolean {
  return body?.kind === 'shell' || differsByServer(body);
}

/** Returns the connection that a change needs before its gate; undefined if it needs none. */
export function connectionOf(
  context: MachineContext,
  step: Acting,
  part: Part,
): Execute | undefined {
  const execution = executionOf(context, step, part);
  const { action } = execution;
  if ('unresolved' in action) return undefined;
  if (action.kind === 'connect') return { ...execution, effect: 'read' };
  if (action.kind !== 'shell' || context.identifies !== true) return undefined;
  const { place, cwd, interactive, timeoutMs } = action;
  const facts = targetFactsOf(context, step, changeOf(step, part).body);
  const isHere = place === undefined && facts?.description === THIS_MACHINE;
  if (isHere && cwd === undefined) return undefined;
  const script = { cwd, interactive, ...(place === undefined ? {} : { place }) };
  const look = { kind: 'connect', target: action.target, script, timeoutMs } as const;
  return { ...execution, effect: 'read', action: look };
}

/** Returns the look at the place of the next item that one gate needs; undefined if none is left. */
export function nextLook(context: MachineContext, step: Acting): Execute | undefined {
  const { loop, pending } = context.visit;
  if (loop === undefined || pending?.all === undefined) return undefined;
  for (let index = loop.taken; index < loop.items.length; index += 1) {
    const visit = visitOfItem(loop, index);
    const look = visit.found ? undefined : connectionOf({ ...context, visit }, step, 'action');
    if (look !== undefined) return look;
  }
  return undefined;
}

/** Returns the visit of an item that has not begun, with what was found at its place. */
export function visitOfItem(loop: Loop, index: number): Visit {
  const found = loop.found?.[index];
  return { attempt: 1, loop, item: placeOf(loop, index), ...(found && { found }) };
}

/** Returns the visit before its place is looked at: what was found before may have changed. */
export function forgotten({ found: _, isConnecting: __, ...visit }: Visit): Visit {
  if (visit.loop?.found === undefined || visit.loop.together !== undefined) return visit;
  const { found: ___, ...loop } = visit.loop;
  return { ...visit, loop };
}

/** Returns the visit with what was found at the place of its script, or of another item's. */
export function withFound(
  { visit }: MachineContext,
  found: Found,
  item: number | undefined,
): Visit {
  const { loop } = visit;
  if (loop === undefined || item === undefined || item === visit.item?.index)
    return { ...visit, found };
  return { ...visit, loop: { ...loop, found: { ...loop.found, [item - 1]: found } } };
}
