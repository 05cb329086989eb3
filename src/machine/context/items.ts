import type { ShownItem } from '#events/log/event.ts';
import { evaluate } from '#runbook/expression/cel.ts';
import { textOf } from '#runbook/expression/template.ts';
import type { Value } from '#runbook/model/value.ts';
import { jsonOf } from '#safety/actions/json-of.ts';
import type { Loop, MachineContext, SettledStatus, Visit } from '../context.ts';
import type { Placed } from '../placed-step.ts';
import { visitOf, withVisit } from './frames.ts';
import { scopeOf } from './scope.ts';
import { factsOf } from './step-facts.ts';

const LONGEST_LABEL = 80;

/** Returns the items of a repeated step, or why they cannot be determined. */
export function itemsOf(
  context: MachineContext,
  step: Placed,
):
  | { readonly ok: true; readonly value: readonly Value[] }
  | { readonly ok: false; readonly reason: string } {
  const items = step.forEach?.items;
  if (items === undefined) return { ok: true, value: [] };
  const cannot = (why: string) =>
    ({ ok: false, reason: `cannot tell what to repeat it for: ${items.text}: ${why}` }) as const;
  const evaluation = evaluate(items, scopeOf(context, step));
  if (!evaluation.ok) return cannot(evaluation.reason);
  return Array.isArray(evaluation.value)
    ? { ok: true, value: evaluation.value }
    : cannot('it is not a list');
}

/** Returns the context with the items of a step read, or with the error. */
export function listItems(context: MachineContext, step: Placed): Partial<MachineContext> {
  const items = itemsOf(context, step);
  if (!items.ok)
    return { visit: { attempt: 1, error: { kind: 'unresolved', message: items.reason } } };
  const loop: Loop = { items: items.value, ended: [], taken: 0, unasked: [] };
  return { visit: { attempt: 1, loop }, slots: {} };
}

/** Returns whether there are items that were not started. */
export function hasMoreItems({ visit: { loop } }: MachineContext): boolean {
  return loop !== undefined && loop.isOver !== true && loop.taken < loop.items.length;
}

/** Returns the context with the next item started, by the step itself or in one of its lanes. */
export function takeItem(context: MachineContext, step: Placed): MachineContext {
  const { loop } = context.visit;
  if (loop === undefined) return context;
  // Another lane may have started the last one at the same moment.
  if (loop.taken >= loop.items.length)
    return { ...context, ...withVisit(context, step.slot, { attempt: 1 }) };
  const item = placeOf(loop, loop.taken);
  const taken = { ...loop, taken: loop.taken + 1 };
  if (step.slot === undefined) return { ...context, visit: { attempt: 1, loop: taken, item } };
  const counted = { ...context, visit: { ...context.visit, loop: taken } };
  return { ...counted, ...withVisit(counted, step.slot, { attempt: 1, item }) };
}

/** Returns the context with an item that failed beside others, to ask the operator about it. */
export function takeFailedItem(context: MachineContext): MachineContext {
  const { loop } = context.visit;
  const [index, ...unasked] = loop?.unasked ?? [];
  if (loop === undefined || index === undefined) return context;
  const error = loop.ended[index]?.error as Visit['error'];
  const visit: Visit = { attempt: 1, loop: { ...loop, unasked }, item: placeOf(loop, index) };
  return { ...context, visit: error === undefined ? visit : { ...visit, error } };
}

/** Returns an item for display; `index` is from 0. */
export function placeOf(loop: Loop, index: number): ShownItem {
  return { index: index + 1, count: loop.items.length, label: labelOf(loop.items[index] ?? null) };
}

/** The label of a mapping is its name or ID; one that has neither is told by all its keys. */
function labelOf(value: Value): string {
  const { name, id } = (value ?? {}) as { readonly name?: Value; readonly id?: Value };
  const text = wordsOf(name ?? id ?? value).replaceAll(/\s+/g, ' ');
  return text.length > LONGEST_LABEL ? `${text.slice(0, LONGEST_LABEL)}…` : text;
}

/** A mapping in words: `host shop-1, port 5432`. What is nested in it stays JSON. */
function wordsOf(value: Value): string {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return textOf(value);
  const words = Object.entries(value).map(([key, one]) => `${key} ${textOf(one)}`);
  return words.length === 0 ? textOf(value) : words.join(', ');
}

/** Returns the context with the current item ended. */
export function endItem(
  context: MachineContext,
  step: Placed,
  status: SettledStatus,
): MachineContext {
  const visit = visitOf(context, step.slot);
  const { loop } = context.visit;
  const index = (visit.item?.index ?? 0) - 1;
  if (loop === undefined || index < 0) return context;
  const facts = { ...factsOf(visit, status), item: loop.items[index] ?? null };
  const ended = Array.from({ length: Math.max(loop.ended.length, index + 1) }, (_, at) =>
    at === index ? facts : loop.ended[at],
  );
  const alongside = step.slot !== undefined && status === 'failed';
  const unasked = alongside ? [...loop.unasked, index].toSorted((a, b) => a - b) : loop.unasked;
  return { ...context, visit: { ...context.visit, loop: { ...loop, ended, unasked } } };
}

/** Returns whether no more items have failed than may fail without asking the operator. */
export function isWithinBudget({ visit: { loop } }: MachineContext, { forEach }: Placed): boolean {
  return failedOf(loop) <= (forEach?.maxFailures ?? 0);
}

function failedOf(loop: Loop | undefined): number {
  return (loop?.ended ?? []).filter((facts) => facts?.status === 'failed').length;
}

/** Returns the context with no further items to start. */
export function endRow(context: MachineContext): Partial<MachineContext> {
  const { loop } = context.visit;
  return loop === undefined ? {} : { visit: { ...context.visit, loop: { ...loop, isOver: true } } };
}

/** Returns the visit to a repeated step with the results of all its items. */
export function resultOfItems({ loop, attempt }: Visit): Visit {
  const ended = (loop?.ended ?? []).filter((facts) => facts !== undefined);
  const count = loop?.items.length ?? 0;
  const left = count - ended.length;
  const result = { items: ended.map(jsonOf), count, failed: failedOf(loop), left };
  return { attempt, result };
}
