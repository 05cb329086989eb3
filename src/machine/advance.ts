import { initialTransition, type SnapshotFrom, transition } from 'xstate';
import type { RunbookMachine } from './compile-runbook.ts';
import type { MachineInput } from './context.ts';
import type { MachineEffect } from './effect.ts';
import type { MachineEvent } from './event.ts';

/** The state of a machine with its context. */
export type MachineSnapshot = SnapshotFrom<RunbookMachine>;

/** A new snapshot and the effects to carry out, in order. */
export type Advance = {
  readonly snapshot: MachineSnapshot;
  readonly effects: readonly MachineEffect[];
};

/** Returns the start of a run. Pure. */
export function begin(machine: RunbookMachine, input: MachineInput): Advance {
  const [snapshot, actions] = initialTransition(lean(machine), input);
  return { snapshot, effects: effectsOf(actions) };
}

/**
 * Returns the snapshot after an event; a finished run does not change. Pure: the same snapshot and
 * event always yield the same.
 */
export function advance(
  machine: RunbookMachine,
  snapshot: MachineSnapshot,
  event: MachineEvent,
): Advance {
  if (snapshot.status === 'done') return { snapshot, effects: [] };
  const [next, actions] = transition(lean(machine), snapshot, event);
  return { snapshot: next, effects: effectsOf(actions) };
}

/** The start of an actor that is only a part of XState's pure functions. */
const UNUSED = { status: 'active' };

const leanMachines = new WeakMap<RunbookMachine, RunbookMachine>();

/**
 * Returns the machine without the state it starts in where nobody asked for that: for each
 * transition XState creates an actor, which begins the run once more, without inputs.
 */
function lean(machine: RunbookMachine): RunbookMachine {
  const known = leanMachines.get(machine);
  if (known !== undefined) return known;
  const getInitialSnapshot = (...args: Parameters<RunbookMachine['getInitialSnapshot']>) =>
    args[1] === undefined ? UNUSED : machine.getInitialSnapshot(...args);
  const made: RunbookMachine = Object.create(machine, {
    getInitialSnapshot: { value: getInitialSnapshot },
  });
  leanMachines.set(machine, made);
  return made;
}

const EFFECTS: ReadonlySet<string> = new Set([
  'executeRead',
  'executeChange',
  'openGate',
  'await',
  'record',
  'refuse',
  'arm',
  'call',
]);

function effectsOf(
  actions: readonly { readonly type: string; readonly params: unknown }[],
): readonly MachineEffect[] {
  return actions.flatMap(({ type, params }) => {
    const effect = { type, params };
    return isEffect(effect) ? [effect] : [];
  });
}

function isEffect(action: {
  readonly type: string;
  readonly params: unknown;
}): action is MachineEffect {
  return EFFECTS.has(action.type) && action.params !== undefined;
}
