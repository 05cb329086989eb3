import type { PinnedRows, RunEvent } from '#events/log/event.ts';
import type { IntentType } from '#events/log/intent.ts';
import { because } from '#events/wording/reasons.ts';
import type { TargetFacts } from '#machine/context.ts';
import type { Await, Call, Execute, MachineEffect, OpenGate } from '#machine/effect.ts';
import { placedSteps } from '#machine/placed-step.ts';
import { defined } from '#runbook/model/defined.ts';
import type { Runbook } from '#runbook/model/runbook.ts';
import { targetOf } from '#safety/actions/action.ts';
import { jsonOf } from '#safety/actions/json-of.ts';
import { foundAt, gateItems, shownAction, shownTogether } from '../values/shown-action.ts';

/** The context of recording a machine's decisions. */
export type Recording = {
  readonly runbook: Runbook;
  /** Who is asked; undefined in a run of a team, which asks everyone who may answer. */
  readonly operator: string | undefined;
  readonly targets: Readonly<Record<string, TargetFacts>>;
  /** Returns the possible intents in the current state. */
  readonly can: () => readonly IntentType[];
  /** Returns the steps that can be undone in it. */
  readonly undoable?: () => readonly string[];
};

/**
 * Returns the event that records an effect of the machine, or undefined if another event includes
 * it: `gate.answered` records a refused confirmation, `step.finished` an action that could not be
 * rendered.
 */
export function recordedFact(effect: MachineEffect, recording: Recording): RunEvent | undefined {
  switch (effect.type) {
    case 'record':
      return 'why' in effect.params
        ? { ...effect.params, ...because(effect.params.why) }
        : effect.params;
    case 'refuse':
      return undefined;
    case 'arm':
      return { type: 'timer.armed', ...effect.params };
    case 'openGate':
      return gateEvent(effect.params, recording);
    case 'await':
      return awaitEvent(effect.params, recording);
    case 'call':
      return callEvent(effect.params);
    case 'executeRead':
    case 'executeChange':
      return startEvent(effect.params, recording);
  }
}

/** Reported once: a gate that is shown again has the same columns. */
function missingColumns(
  { preview, step, changes }: OpenGate,
  { runbook }: Recording,
): readonly string[] {
  const does = placedSteps(runbook).get(step)?.does;
  const declared = does !== undefined && 'preview' in does ? does.preview : undefined;
  if (preview === undefined || declared === undefined || changes !== undefined) return [];
  // Of several texts, one per engine, each may have its own columns.
  const { body } = declared;
  if (body.kind !== 'sql' || Object.keys(body.texts).length > 1) return [];
  return declared.volatile.filter((column) => !preview.columns.includes(column));
}

function gateEvent(gate: OpenGate, recording: Recording): RunEvent {
  const missing = missingColumns(gate, recording);
  const { preview, action, target, found, part, simulated, all, ...shown } = gate;
  // In a dry run the runbook of the step may have ended by now.
  const name = targetOf(action);
  const known = name === undefined || target === undefined ? {} : { [name]: target };
  const places = { targets: { ...recording.targets, ...known } };
  return {
    type: 'gate.opened',
    ...defined(shown),
    action:
      all === undefined ? foundAt(found, shownAction(action, places)) : shownTogether(all, places),
    ...(all === undefined ? {} : { items: gateItems(all, places) }),
    ...(recording.operator === undefined ? {} : { operator: recording.operator }),
    ...(part === 'undo' ? { part } : {}),
    ...(simulated ? { simulated } : {}),
    ...(preview === undefined ? {} : { preview: pinned(preview, missing) }),
  };
}

function pinned(
  { columns, rows, freshForMs, at, needed, notNeeded }: NonNullable<OpenGate['preview']>,
  missing: readonly string[],
): PinnedRows {
  const told = missing.length === 0 ? {} : { missing };
  return { columns, rows, freshForMs, at, ...defined({ needed, notNeeded }), ...told };
}

function awaitEvent({ action, why, ...asked }: Await, recording: Recording): RunEvent {
  const undoable = asked.for === 'gate' ? [] : (recording.undoable?.() ?? []);
  return {
    type: 'operator.awaited',
    can: recording.can(),
    ...defined(asked),
    ...(why === undefined ? {} : because(why)),
    ...(undoable.length === 0 ? {} : { undoable }),
    ...(action === undefined ? {} : { action: shownAction(action, recording) }),
  };
}

function startEvent(execution: Execute, recording: Recording): RunEvent | undefined {
  const { step, part, visit, attempt, effect, action, digest, confirmed, item } = execution;
  const together = execution.isTogether === true ? true : undefined;
  if ('unresolved' in action) return undefined;
  return {
    type: 'step.started',
    step,
    visit,
    part,
    attempt,
    effect,
    action: shownAction(action, recording),
    ...defined({ digest, confirmed: confirmed === digest ? undefined : confirmed, together, item }),
  };
}

function callEvent({ step, item, runbook, inputs, targets }: Call): RunEvent {
  const { name, title } = runbook;
  return {
    type: 'child.started',
    step,
    runbook: { name, title },
    inputs: runbook.inputs.map((input) => {
      const value = inputs[input.name] ?? null;
      const shown = input.secret && value !== null ? `‹secret:${input.name}›` : jsonOf(value);
      return { name: input.name, secret: input.secret, value: shown };
    }),
    targets: Object.values(targets).map(({ isConnected: _, server: __, ...facts }) => facts),
    ...defined({ item }),
  };
}
