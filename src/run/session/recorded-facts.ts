import type { RunEvent, ShownChanges, ShownClause, ShownValue } from '#events/log/event.ts';
import type { IntentType } from '#events/log/intent.ts';
import type { UsedValue } from '#machine/branch.ts';
import type { GateChanges, TargetFacts } from '#machine/context.ts';
import type { Arm, Await, Call, Execute, Fact, MachineEffect, OpenGate } from '#machine/effect.ts';
import { placedSteps } from '#machine/placed-step.ts';
import type { Clause, Outcome, Runbook } from '#runbook/model/runbook.ts';
import { targetOf } from '#safety/actions/action.ts';
import { jsonOf } from '#safety/actions/json-of.ts';
import { shownAction } from '../values/shown-action.ts';

/** What recording a machine's decisions needs to know of the run. */
export type Recording = {
  readonly runbook: Runbook;
  readonly operator: string;
  readonly targets: Readonly<Record<string, TargetFacts>>;
  /** What the operator can do where the machine stands now. */
  readonly can: () => readonly IntentType[];
  /** The steps that can be undone there. */
  readonly undoable?: () => readonly string[];
};

/**
 * Returns the event that says what a machine decided, or undefined where another event says it: a
 * refused confirmation stands in `gate.answered`, an unrenderable action in `step.finished`.
 */
export function recordedFact(effect: MachineEffect, recording: Recording): RunEvent | undefined {
  switch (effect.type) {
    case 'record':
      return factEvent(effect.params, recording);
    case 'openGate':
      return gateEvent(effect.params, recording);
    case 'await':
      return awaitEvent(effect.params, recording);
    case 'arm':
      return armEvent(effect.params);
    case 'call':
      return callEvent(effect.params);
    case 'executeRead':
    case 'executeChange':
      return startEvent(effect.params, recording);
  }
}

function factEvent(fact: Fact, { runbook }: Recording): RunEvent | undefined {
  switch (fact.fact) {
    case 'entered':
      return { type: 'step.entered', step: fact.step, visit: fact.visit };
    case 'skipped':
      return { type: 'step.skipped', step: fact.step, by: fact.by, reason: fact.reason };
    case 'settled':
      return {
        type: 'step.settled',
        step: fact.step,
        status: fact.status,
        ...(fact.error === undefined ? {} : { error: fact.error }),
      };
    case 'item-entered':
      return { type: 'item.entered', step: fact.step, item: fact.item };
    case 'item-settled':
      return {
        type: 'item.settled',
        step: fact.step,
        item: fact.item,
        status: fact.status,
        ...(fact.error === undefined ? {} : { error: fact.error }),
        ...(fact.reason === undefined ? {} : { reason: fact.reason }),
      };
    case 'undone':
      return {
        type: 'step.undone',
        step: fact.step,
        by: fact.by,
        ...(fact.item === undefined ? {} : { item: fact.item }),
        ...(fact.evidence === undefined ? {} : { evidence: fact.evidence }),
      };
    case 'child-finished': {
      const { step, outcome, summary, findings } = fact;
      return { type: 'child.finished', step, outcome: outcome as Outcome, summary, findings };
    }
    case 'finished':
      return { type: 'run.finished', outcome: fact.outcome, summary: fact.summary };
    case 'spared': {
      const { fact: _, item, ...spared } = fact;
      return { type: 'rows.spared', ...spared, ...(item === undefined ? {} : { item }) };
    }
    case 'refused':
      return undefined;
    case 'branched':
      return branchEvent(fact, runbook);
  }
}

function branchEvent(fact: Fact & { fact: 'branched' }, runbook: Runbook): RunEvent {
  const clauses = clausesOf(runbook, fact.step);
  const condition = fact.clause === null ? undefined : clauses[fact.clause]?.if?.text;
  const used = fact.decision !== undefined && 'values' in fact.decision ? fact.decision.values : [];
  return {
    type: 'branch.taken',
    step: fact.step,
    clause: fact.clause,
    by: fact.by,
    goto: fact.goto,
    values: used.map(shownUse),
    notTaken: clauses.filter((_, index) => index !== fact.clause).map(shownClause),
    ...(condition === undefined ? {} : { condition }),
    ...(fact.finding === undefined ? {} : { finding: fact.finding }),
    ...(fact.reason === undefined ? {} : { reason: fact.reason }),
  };
}

function clausesOf(runbook: Runbook, step: string): readonly Clause[] {
  return placedSteps(runbook).get(step)?.next ?? [];
}

function shownClause(clause: Clause): ShownClause {
  return {
    ...(clause.if === undefined ? {} : { condition: clause.if.text }),
    ...(clause.goto === undefined ? {} : { goto: clause.goto }),
    ...(clause.finding === undefined ? {} : { finding: clause.finding.text }),
  };
}

function shownUse({ name, value }: UsedValue): ShownValue {
  return { name, value: jsonOf(value) };
}

/** Said once: when the gate is put again, it was read there before. */
function missingColumns(
  { preview, step, changes }: OpenGate,
  { runbook }: Recording,
): readonly string[] {
  const does = placedSteps(runbook).get(step)?.does;
  const declared = does !== undefined && 'preview' in does ? does.preview : undefined;
  if (preview === undefined || declared === undefined || changes !== undefined) return [];
  // Of several texts, one for each engine, each may have columns of its own.
  const { body } = declared;
  if (body.kind !== 'sql' || Object.keys(body.texts).length > 1) return [];
  return declared.volatile.filter((column) => !preview.columns.includes(column));
}

function gateEvent(gate: OpenGate, recording: Recording): RunEvent {
  const missing = missingColumns(gate, recording);
  const { preview, action, target, changes } = gate;
  // In a dry run the runbook of the step may have come to its end by now.
  const name = targetOf(action);
  const known = name === undefined || target === undefined ? {} : { [name]: target };
  const targets = { ...recording.targets, ...known };
  return {
    type: 'gate.opened',
    step: gate.step,
    title: gate.title,
    effect: gate.effect,
    action: shownAction(action, { targets }),
    digest: gate.digest,
    level: gate.level,
    operator: recording.operator,
    ...(gate.part === 'undo' ? { part: gate.part } : {}),
    ...(gate.item === undefined ? {} : { item: gate.item }),
    ...(gate.simulated ? { simulated: true } : {}),
    ...(gate.phrase === undefined ? {} : { phrase: gate.phrase }),
    ...(gate.warning === undefined ? {} : { warning: gate.warning }),
    ...(gate.notRead === undefined ? {} : { notRead: gate.notRead }),
    ...(gate.undo === undefined ? {} : { undo: gate.undo }),
    ...(changes === undefined ? {} : { changes: changesShown(changes) }),
    ...(preview === undefined
      ? {}
      : {
          preview: {
            columns: preview.columns,
            rows: preview.rows,
            freshForMs: preview.freshForMs,
            at: preview.at,
            ...(missing.length === 0 ? {} : { missing }),
          },
        }),
  };
}

function changesShown({ server, rows }: GateChanges): ShownChanges {
  return { server, ...(rows === undefined ? {} : { rows }) };
}

function awaitEvent(awaited: Await, recording: Recording): RunEvent {
  const { step, values, action, canRecheck: _, ...rest } = awaited;
  const present = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== undefined),
  ) as Pick<Await, 'for'>;
  const undoable = awaited.for === 'gate' ? [] : (recording.undoable?.() ?? []);
  return {
    type: 'operator.awaited',
    step,
    can: recording.can(),
    ...present,
    ...(undoable.length === 0 ? {} : { undoable }),
    ...(values === undefined ? {} : { values: values.map(shownUse) }),
    ...(action === undefined ? {} : { action: shownAction(action, recording) }),
    ...(awaited.for === 'decision'
      ? { clauses: clausesOf(recording.runbook, step).map(shownClause) }
      : {}),
  };
}

function startEvent(execution: Execute, recording: Recording): RunEvent | undefined {
  const { step, part, visit, attempt, effect, action, digest, confirmed, item } = execution;
  if ('unresolved' in action) return undefined;
  return {
    type: 'step.started',
    step,
    visit,
    part,
    attempt,
    effect,
    action: shownAction(action, recording),
    ...(digest === undefined ? {} : { digest }),
    ...(confirmed === digest || confirmed === undefined ? {} : { confirmed }),
    ...(item === undefined ? {} : { item }),
  };
}

function armEvent({ item, ...timer }: Arm): RunEvent {
  return { type: 'timer.armed', ...timer, ...(item === undefined ? {} : { item }) };
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
    ...(item === undefined ? {} : { item }),
  };
}
