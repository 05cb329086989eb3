import type { RunEvent, ShownAction, ShownClause, ShownValue } from '../events/event.ts';
import type { IntentType } from '../events/intent.ts';
import type { UsedValue } from '../machine/branch.ts';
import type { Await, Execute, Fact, MachineEffect, OpenGate } from '../machine/effect.ts';
import type { TargetFacts } from '../machine/machine-context.ts';
import type { Clause, Runbook } from '../runbook/runbook.ts';
import type { Json, Value } from '../runbook/value.ts';
import type { Action } from '../safety/action.ts';

/** What recording a machine's decisions needs to know of the run. */
export type Recording = {
  readonly runbook: Runbook;
  readonly operator: string;
  readonly targets: Readonly<Record<string, TargetFacts>>;
  /** What the operator can do where the machine stands now. */
  readonly can: () => readonly IntentType[];
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
      return { type: 'timer.armed', ...effect.params };
    case 'executeRead':
    case 'executeChange':
      return startEvent(effect.params, recording);
  }
}

/** Returns an action as people see it. */
export function shownAction(action: Action, recording: Pick<Recording, 'targets'>): ShownAction {
  if (action.kind === 'wait')
    return { kind: 'wait', text: `wait ${action.ms} ms`, values: [], where: 'here' };
  if (action.kind === 'probe') {
    const values = Object.entries(action.params).map(
      ([name, value]) => `${name}: ${shownValue(value)}`,
    );
    return { kind: 'probe', text: `probe ${action.probe}`, values, where: 'here' };
  }
  const target = recording.targets[action.target];
  const where = target === undefined ? action.target : `${action.target} · ${target.description}`;
  if (action.kind === 'sql')
    return { kind: 'sql', text: action.text, values: action.values.map(shownValue), where };
  const values = Object.entries(action.env).map(([name, value]) => `${name}=${value}`);
  return { kind: 'shell', text: action.script, values, where };
}

function shownValue(value: Json): string {
  return value === null ? 'NULL' : typeof value === 'string' ? value : JSON.stringify(value);
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
    case 'finished':
      return { type: 'run.finished', outcome: fact.outcome, summary: fact.summary };
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
  return runbook.steps.find(({ id }) => id === step)?.next ?? [];
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

function jsonOf(value: Value): Json {
  if (typeof value === 'bigint') return String(value);
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(jsonOf);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, jsonOf(inner)]));
}

function gateEvent(gate: OpenGate, recording: Recording): RunEvent {
  const { preview } = gate;
  return {
    type: 'gate.opened',
    step: gate.step,
    title: gate.title,
    effect: gate.effect,
    action: shownAction(gate.action, recording),
    digest: gate.digest,
    level: gate.level,
    operator: recording.operator,
    ...(gate.phrase === undefined ? {} : { phrase: gate.phrase }),
    ...(gate.warning === undefined ? {} : { warning: gate.warning }),
    ...(gate.undo === undefined ? {} : { undo: gate.undo }),
    ...(preview === undefined
      ? {}
      : {
          preview: {
            columns: preview.columns,
            rows: preview.rows,
            freshForMs: preview.freshForMs,
            at: preview.at,
          },
        }),
  };
}

function awaitEvent(awaited: Await, recording: Recording): RunEvent {
  const { step, values, action, canRecheck: _, ...rest } = awaited;
  const present = Object.fromEntries(
    Object.entries(rest).filter(([, value]) => value !== undefined),
  ) as Pick<Await, 'for'>;
  return {
    type: 'operator.awaited',
    step,
    can: recording.can(),
    ...present,
    ...(values === undefined ? {} : { values: values.map(shownUse) }),
    ...(action === undefined ? {} : { action: shownAction(action, recording) }),
    ...(awaited.for === 'decision'
      ? { clauses: clausesOf(recording.runbook, step).map(shownClause) }
      : {}),
  };
}

function startEvent(execution: Execute, recording: Recording): RunEvent | undefined {
  const { step, part, visit, attempt, effect, action, digest } = execution;
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
  };
}
