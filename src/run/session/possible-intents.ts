import type { RunEvent } from '#events/log/event.ts';
import { INTENT_TYPES, type IntentType } from '#events/log/intent.ts';
import type { RunView } from '#events/view/run-view.ts';
import type { MachineSnapshot } from '#machine/advance.ts';
import { allTargets } from '#machine/context/frames.ts';
import { undoableSteps } from '#machine/context/undoing.ts';
import { nameOfEvent, possibleEvents } from '#machine/possible-events.ts';
import { eventName } from './machine-events.ts';
import type { Recording } from './recorded-facts.ts';

/** Returns the intents possible in the current state; those that are always possible come last. */
export function possibleIntents(snapshot: MachineSnapshot): readonly IntentType[] {
  const events = new Set([...possibleEvents(snapshot)].map(nameOfEvent));
  return INTENT_TYPES.filter(
    (type) => type === 'note' || type === 'leave' || events.has(eventName(type)),
  );
}

/** Returns the steps that can be undone in the current state, most recent last. */
export function possibleUndos(snapshot: MachineSnapshot): readonly string[] {
  const events = possibleEvents(snapshot);
  return undoableSteps(snapshot.context).filter((step) => events.has(`UNDO.${step}`));
}

/**
 * Returns the event that passes a gate or an instruction of a dry run that runs by itself and that
 * nobody watches, if it waits at one. Nothing runs there.
 */
export function passedUnwatched(view: RunView): RunEvent | undefined {
  const { auto, awaited, mode, operator, stopping } = view;
  const isShown = awaited?.for === 'gate' || awaited?.for === 'report';
  const passes = mode === 'dry-run' && auto && !stopping && isShown;
  if (!passes || !awaited.can.includes('continue')) return undefined;
  const { step } = awaited;
  return { type: 'operator.acted', step, operator, intent: { type: 'continue' } };
}

/** Returns the state of a run that has begun; throws for one that has not. */
export function begun(snapshot: MachineSnapshot | undefined): MachineSnapshot {
  if (snapshot === undefined) throw new Error('the run has not begun');
  return snapshot;
}

/** Returns the context of recording the machine's decisions; a team's run has no single operator. */
export function recordingAt(
  snapshot: MachineSnapshot,
  runbook: Recording['runbook'],
  { operator, ofTeam }: Pick<Recording, 'operator'> & Pick<RunView, 'ofTeam'>,
): Recording {
  return {
    runbook,
    operator: ofTeam ? undefined : operator,
    targets: allTargets(snapshot.context),
    can: () => possibleIntents(snapshot),
    undoable: () => possibleUndos(snapshot),
  };
}
