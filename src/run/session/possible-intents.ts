import { INTENT_TYPES, type IntentType } from '#events/log/intent.ts';
import type { MachineSnapshot } from '#machine/advance.ts';
import { allTargets } from '#machine/context/frames.ts';
import { undoableSteps } from '#machine/context/undoing.ts';
import { nameOfEvent, possibleEvents } from '#machine/possible-events.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
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

/** Returns the context of recording the machine's decisions. */
export function recordingAt(
  snapshot: MachineSnapshot,
  run: { readonly runbook: Runbook; readonly operator: string },
): Recording {
  return {
    ...run,
    targets: allTargets(snapshot.context),
    can: () => possibleIntents(snapshot),
    undoable: () => possibleUndos(snapshot),
  };
}
