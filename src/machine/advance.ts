import { initialTransition, type SnapshotFrom, transition } from 'xstate';
import { defined } from '#runbook/model/defined.ts';
import { opened, type RunbookMachine } from './compile-runbook.ts';
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
  return withOpened(initialTransition(lean(machine), input));
}

/**
 * Returns the snapshot after an event; a finished run does not change. Pure: the same snapshot and
 * event always yield the same.
 */
export function advance(snapshot: MachineSnapshot, event: MachineEvent): Advance {
  if (snapshot.status === 'done') return { snapshot, effects: [] };
  return withOpened(transition(lean(snapshot.machine), underNewRules(snapshot, event), event));
}

/** A run that an earlier release began follows the rules of this one once this one resumes it. */
function underNewRules(snapshot: MachineSnapshot, event: MachineEvent): MachineSnapshot {
  if (event.type !== 'INTERRUPTED') return snapshot;
  const { value, context, machine } = snapshot;
  const { identifies, looksFirst } = event;
  if (identifies !== true && looksFirst !== true) return snapshot;
  const rules = defined({ identifies, looksFirst });
  return machine.resolveState({ value, context: { ...context, ...rules } });
}

/** No state reacts to it: what follows is decided by the context. */
const GO_ON: MachineEvent = { type: 'OPENED' };

/** Adds the states of a runbook that starts as a step, if they do not exist, and enters them. */
function withOpened([snapshot, actions]: ReturnType<typeof transition<RunbookMachine>>): Advance {
  const effects = effectsOf(actions);
  const step = opens(snapshot);
  if (step === undefined) return { snapshot, effects };
  const machine = opened(snapshot.machine, step);
  const { value, context } = snapshot;
  const same = machine.resolveState({ value, context });
  const next = withOpened(transition(lean(machine), same, GO_ON));
  return { ...next, effects: [...effects, ...next.effects] };
}

function opens(snapshot: MachineSnapshot): string | undefined {
  const metas: readonly { readonly opens?: string }[] = Object.values(snapshot.getMeta());
  return metas.find(({ opens }) => opens !== undefined)?.opens;
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
