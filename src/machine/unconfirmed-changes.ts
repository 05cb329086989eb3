import type { AnyStateMachine, AnyStateNode } from 'xstate';

/** A way into the execution of a change that is not a confirmation at its gate. */
export type UnconfirmedChange = {
  readonly state: string;
  readonly from: string;
  readonly event: string;
};

/**
 * Returns every way by which a machine could execute a change without a confirmation: the state that
 * executes it is entered by anything but `CONFIRM`, guarded by `confirms`, from a state that opened a
 * gate. Walks the graph itself, so it holds whatever the events and values are. Empty means proven.
 */
export function unconfirmedChanges(machine: AnyStateMachine): readonly UnconfirmedChange[] {
  const nodes = allNodes(machine.root);
  const executing = nodes.filter((node) => hasEntry(node, 'executeChange'));
  const ways = nodes.flatMap((node) => unconfirmedTargets(node));
  const initially = enteredBy(machine.root).map((target) => way(target, machine.root, 'start'));
  return [
    ...[...ways, ...initially].filter(({ target }) => executing.includes(target)),
    ...executedOutsideEntries(nodes),
  ].map(({ target, from, event }) => ({ state: target.id, from: from.id, event }));
}

type Way = { readonly target: AnyStateNode; readonly from: AnyStateNode; readonly event: string };

function way(target: AnyStateNode, from: AnyStateNode, event: string): Way {
  return { target, from, event };
}

/** Returns the states that can be entered from a state by anything but a guarded confirmation. */
function unconfirmedTargets(node: AnyStateNode): readonly Way[] {
  const isGate = hasEntry(node, 'openGate');
  return transitionsOf(node)
    .filter(
      ({ eventType, guard }) =>
        !(isGate && eventType === 'CONFIRM' && nameOf(guard) === 'confirms'),
    )
    .flatMap(({ target, eventType }) =>
      (target ?? []).flatMap(enteredBy).map((entered) => way(entered, node, eventType)),
    );
}

/** A change may be executed on entering a state and nowhere else, where the walk above sees it. */
function executedOutsideEntries(nodes: readonly AnyStateNode[]): readonly Way[] {
  const executes = (action: unknown) => nameOf(action) === 'executeChange';
  return nodes.flatMap((node) => [
    ...node.exit.filter(executes).map(() => way(node, node, 'exit')),
    ...transitionsOf(node)
      .filter(({ actions }) => actions.some(executes))
      .map(({ eventType }) => way(node, node, eventType)),
  ]);
}

function allNodes(node: AnyStateNode): readonly AnyStateNode[] {
  return [node, ...Object.values(node.states).flatMap(allNodes)];
}

function transitionsOf(node: AnyStateNode) {
  return [...[...node.transitions.values()].flat(), ...(node.always ?? [])];
}

/** A state is entered with its ancestors' consent and takes its initial descendants along. */
function enteredBy(node: AnyStateNode): readonly AnyStateNode[] {
  if (node.type === 'parallel') return [node, ...Object.values(node.states).flatMap(enteredBy)];
  if (node.type !== 'compound') return [node];
  return [node, ...(node.initial.target ?? []).flatMap(enteredBy)];
}

function hasEntry(node: AnyStateNode, name: string): boolean {
  return node.entry.some((action) => nameOf(action) === name);
}

function nameOf(action: unknown): string | undefined {
  if (typeof action === 'string') return action;
  if (typeof action !== 'object' || action === null || !('type' in action)) return undefined;
  return typeof action.type === 'string' ? action.type : undefined;
}
