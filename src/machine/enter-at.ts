import type { Reason } from '#events/log/event.ts';
import { type Advance, advance, type MachineSnapshot } from './advance.ts';
import { withUnsettled } from './context/unsettled.ts';
import type { MachineContext } from './context.ts';

/** The steps of a run as its record has them, for a machine that did not follow it there. */
export type RecordedSteps = Partial<
  Pick<MachineContext, 'auto' | 'inputs' | 'steps' | 'targets' | 'visits'>
>;

/**
 * Returns the machine at the entry of a step of the run's own runbook, with what the record says of
 * the steps before it. No confirmation, preview or inner runbook is carried over. Pure.
 */
export function enterAt(snapshot: MachineSnapshot, step: string, known: RecordedSteps): Advance {
  return advance(placed(snapshot, step, known, {}), { type: `JUMP.${step}` });
}

/**
 * Returns the machine where it asks the operator about a step that was not followed to its end, and
 * starts nothing by itself. If a change of it has no recorded end, its outcome is unknown. Pure.
 */
export function askAt(
  snapshot: MachineSnapshot,
  step: string,
  known: RecordedSteps,
  isUnknown: boolean,
): Advance {
  const why: Reason = { kind: isUnknown ? 'change-of-earlier-build' : 'earlier-build' };
  const states = Object.keys(snapshot.machine.states[step]?.states ?? {});
  if (!states.includes('ready')) return enterAt(snapshot, step, known);
  const isAtUnknown = isUnknown && states.includes('unknown');
  const state = isAtUnknown ? 'unknown' : 'ready';
  const at = placed(snapshot, step, known, { held: why, state });
  return {
    snapshot: isUnknown ? unsettled(at, step) : at,
    effects: [{ type: 'await', params: { step, for: isAtUnknown ? 'unknown' : 'stuck', why } }],
  };
}

function placed(
  { machine, context }: MachineSnapshot,
  step: string,
  known: RecordedSteps,
  { held, state }: { readonly held?: Reason; readonly state?: 'unknown' | 'ready' },
): MachineSnapshot {
  const value =
    state === undefined ? { [restingStep(machine.states)]: 'ready' } : { [step]: state };
  const visit = { attempt: 1, ...(held === undefined ? {} : { held }) };
  const nowhere = { frames: {}, slots: {}, stopping: false, visit };
  return machine.resolveState({ value, context: { ...context, ...known, ...nowhere } });
}

/** Its gates say that it ran before, whichever item of it was at work. */
function unsettled({ machine, value, context }: MachineSnapshot, step: string): MachineSnapshot {
  return machine.resolveState({ value, context: withUnsettled(context, step, 'action') });
}

/** Every step can be entered from one that waits for its start. */
function restingStep(states: MachineSnapshot['machine']['states']): string {
  return Object.keys(states).find((name) => 'ready' in (states[name]?.states ?? {})) ?? '';
}
