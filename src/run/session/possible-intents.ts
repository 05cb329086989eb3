import type { IntentType } from '#events/log/intent.ts';
import type { MachineSnapshot } from '#machine/advance.ts';
import { allTargets } from '#machine/context/frames.ts';
import { undoableSteps } from '#machine/context/undoing.ts';
import type { MachineEvent } from '#machine/event.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import type { Recording } from './recorded-facts.ts';

/** Returns the intents possible in the current state; those that are always possible come last. */
export function possibleIntents(
  snapshot: MachineSnapshot,
  runbook: Runbook,
): readonly IntentType[] {
  const reason = '';
  const probes: readonly (readonly [IntentType, MachineEvent])[] = [
    ['continue', { type: 'CONTINUE' }],
    ['confirm', { type: 'CONFIRM', digest: '' }],
    ['decline', { type: 'DECLINE', reason }],
    ['refresh', { type: 'REFRESH' }],
    ['answer', { type: 'ANSWER', value: '' }],
    ['report', { type: 'REPORT', done: true, evidence: '' }],
    ['choose', { type: 'CHOOSE.next', reason }],
    ['recheck', { type: 'RECHECK' }],
    ['retry', { type: 'RETRY' }],
    ['mark-done', { type: 'MARK_DONE', evidence: '' }],
    ['skip', { type: 'SKIP', reason }],
    ['auto', { type: 'AUTO', on: true }],
    ['jump', { type: `JUMP.${runbook.steps[0]?.id ?? ''}` }],
    ['stop', { type: 'STOP' }],
    ['abort', { type: 'ABORT', reason }],
  ];
  const possible = probes.filter(([, event]) => snapshot.can(event)).map(([intent]) => intent);
  const canEdit =
    Object.keys(inputsHere(snapshot)).length > 0 &&
    snapshot.can({ type: 'EDIT', inputs: {}, targets: {} });
  const canUndo = possibleUndos(snapshot).length > 0;
  return [
    ...possible,
    ...(canEdit ? (['edit'] as const) : []),
    ...(canUndo ? (['undo'] as const) : []),
    'note',
    'leave',
  ];
}

/** Returns the inputs of the innermost running runbook: frames are in start order. */
function inputsHere({ context }: MachineSnapshot) {
  return (Object.values(context.frames).at(-1) ?? context).inputs;
}

/** Returns the steps that can be undone in the current state, most recent last. */
export function possibleUndos(snapshot: MachineSnapshot): readonly string[] {
  return undoableSteps(snapshot.context).filter((step) => snapshot.can({ type: `UNDO.${step}` }));
}

/** Returns the context of recording the machine's decisions. */
export function recordingAt(
  snapshot: MachineSnapshot,
  run: { readonly runbook: Runbook; readonly operator: string },
): Recording {
  return {
    ...run,
    targets: allTargets(snapshot.context),
    can: () => possibleIntents(snapshot, run.runbook),
    undoable: () => possibleUndos(snapshot),
  };
}
