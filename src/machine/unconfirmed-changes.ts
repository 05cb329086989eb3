import type { AnyStateMachine, AnyStateNode } from 'xstate';

/** A path to the execution of a change that is not a confirmation at its gate. */
export type UnconfirmedChange = {
  readonly state: string;
  readonly from: string;
  readonly event: string;
};

/**
 * Returns every path by which a machine could execute a change without a confirmation. The
 * executing state may be entered from a gate by `CONFIRM`, guarded by `confirms`; if its rows are
 * read again first, that is the only path into reading them, and their result, guarded by
 * `rechecks`, the only path from there. A change of a list may follow without its own gate, guarded by
 * `isConfirmedTogether`, if the confirmation of the list is kept by nothing but such a `CONFIRM`. Walks the graph itself, so the result holds for all events
 * and values. Empty means proven.
 */
export function unconfirmedChanges(machine: AnyStateMachine): readonly UnconfirmedChange[] {
  const nodes = allNodes(machine.root);
  const guarded = nodes.filter((node) => isExecuting(node) || isRechecking(node));
  const ways = nodes.flatMap(unconfirmedWays);
  const initially = enteredBy(machine.root).map((target) => way(target, machine.root, 'start'));
  return [
    ...[...ways, ...initially].filter(({ target }) => guarded.includes(target)),
    ...executedOutsideEntries(nodes),
    ...keptOutsideConfirmations(nodes),
  ].map(({ target, from, event }) => ({ state: target.id, from: from.id, event }));
}

type Way = { readonly target: AnyStateNode; readonly from: AnyStateNode; readonly event: string };

function way(target: AnyStateNode, from: AnyStateNode, event: string): Way {
  return { target, from, event };
}

/** Returns every transition out of a state except those of a confirmation and its consequences. */
function unconfirmedWays(node: AnyStateNode): readonly Way[] {
  return transitionsOf(node).flatMap((transition) =>
    (transition.target ?? [])
      .flatMap(enteredBy)
      .filter((target) => !mayLead(node, transition, target))
      .map((target) => way(target, node, transition.eventType)),
  );
}

type Transition = ReturnType<typeof transitionsOf>[number];

function mayLead(from: AnyStateNode, { eventType, guard }: Transition, to: AnyStateNode): boolean {
  if (hasEntry(from, 'propose') && nameOf(guard) === 'isConfirmedTogether') return isExecuting(to);
  if (isRechecking(from)) return isExecuting(to) && eventType === 'SUCCEEDED' && goesAhead(guard);
  if (!hasEntry(from, 'openGate') || eventType !== 'CONFIRM' || nameOf(guard) !== 'confirms')
    return false;
  return isRechecking(to) || !siblingsOf(from).some(isRechecking);
}

/** The rows read again must be as shown, or a part of them, for the change to follow. */
function goesAhead(guard: unknown): boolean {
  if (nameOf(guard) !== 'rechecks') return false;
  const { params } = guard as { readonly params?: { readonly as?: unknown } };
  return params?.as === 'as-shown' || params?.as === 'narrowed';
}

function isExecuting(node: AnyStateNode): boolean {
  return hasEntry(node, 'executeChange');
}

function isRechecking(node: AnyStateNode): boolean {
  return hasEntry(node, 'noteConfirmation');
}

function siblingsOf(node: AnyStateNode): readonly AnyStateNode[] {
  return Object.values(node.parent?.states ?? {});
}

/** A change may only be executed on entry to a state, where the walk above sees it. */
function executedOutsideEntries(nodes: readonly AnyStateNode[]): readonly Way[] {
  const executes = (action: unknown) => nameOf(action) === 'executeChange';
  return nodes.flatMap((node) => [
    ...node.exit.filter(executes).map(() => way(node, node, 'exit')),
    ...transitionsOf(node)
      .filter(({ actions }) => actions.some(executes))
      .map(({ eventType }) => way(node, node, eventType)),
  ]);
}

/** The confirmation of a list may only be kept by the confirmation itself. */
function keptOutsideConfirmations(nodes: readonly AnyStateNode[]): readonly Way[] {
  const keeps = (action: unknown) => nameOf(action) === 'keepTogether';
  return nodes.flatMap((node) => [
    ...[...node.entry, ...node.exit].filter(keeps).map(() => way(node, node, 'entry or exit')),
    ...transitionsOf(node)
      .filter(({ actions }) => actions.some(keeps))
      .filter(({ guard }) => !hasEntry(node, 'openGate') || nameOf(guard) !== 'confirms')
      .filter(() => nodes.some(isExecuting))
      .map(({ eventType }) => way(node, node, eventType)),
  ]);
}

function allNodes(node: AnyStateNode): readonly AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(allNodes)];
}

function transitionsOf(node: AnyStateNode) {
  return [...[...node.transitions.values()].flat(), ...(node.always ?? [])];
}

/** Entering a state also enters its ancestors and its initial descendants. */
function enteredBy(node: AnyStateNode): readonly AnyStateNode[] {
  if (node.type === 'parallel') return [node, ...Object.values(node.states).flatMap(enteredBy)];
  return [node, ...(node.initial.target ?? []).flatMap(enteredBy)];
}

function hasEntry(node: AnyStateNode, name: string): boolean {
  return node.entry.some((action) => nameOf(action) === name);
}

/** XState represents a guard or an action without parameters by its name alone. */
function nameOf(action: unknown): unknown {
  return (action as { readonly type?: unknown } | undefined)?.type ?? action;
}
