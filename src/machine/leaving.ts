import type { Runbook, Step } from '../runbook/runbook.ts';
import { renderForPeople } from '../runbook/template.ts';
import type { Await, Fact } from './effect.ts';
import { type MachineContext, scopeOf } from './machine-context.ts';
import type { StateConfig } from './vocabulary.ts';

/** Busy states let nothing past them: an action that runs has to end before anything else happens. */
export const BUSY = { 'JUMP.*': {}, ABORT: {}, STOP: { actions: 'stop' } } as const;

/** What `on` of a state may hold. */
export type Transitions = NonNullable<StateConfig['on']>;

/** Returns the absolute target of the step after `step`, or of the end. */
function inOrder(runbook: Runbook, step: Step): { readonly target: string; readonly goto: string } {
  const index = runbook.steps.findIndex(({ id }) => id === step.id);
  const next = runbook.steps[index + 1];
  return next === undefined
    ? { target: '#run.finished', goto: 'finished' }
    : { target: `#run.${next.id}`, goto: next.id };
}

/** A story that runs off its last step has not said that anything is resolved. */
function atTheEnd(goto: string) {
  const fact: Fact = {
    fact: 'finished',
    outcome: 'unresolved',
    summary: 'The runbook ended without saying how.',
  };
  return goto === 'finished' ? [{ type: 'record' as const, params: fact }] : [];
}

/** Returns the transitions `next` allows, in order; none is taken while the run is to stop. */
function branches(runbook: Runbook, step: Step): NonNullable<StateConfig['always']> {
  const order = inOrder(runbook, step);
  const clauses = step.next.map((clause, index) => ({
    guard: { type: 'leavesByClause', params: { clause: index } } as const,
    target: clause.goto === undefined ? order.target : `#run.${clause.goto}`,
    actions: [
      {
        type: 'record' as const,
        params: ({ context }: { context: MachineContext }) =>
          branched(step, context, index, clause.goto ?? order.goto),
      },
      ...(clause.goto === undefined ? atTheEnd(order.goto) : []),
    ],
  }));
  const last = {
    guard: 'leavesInOrder',
    target: order.target,
    actions: [
      {
        type: 'record' as const,
        params: ({ context }: { context: MachineContext }) =>
          branched(step, context, null, order.goto),
      },
      ...atTheEnd(order.goto),
    ],
  } as const;
  return [...clauses, last];
}

/** Returns the transitions by which the operator decides what a condition could not. */
function choices(runbook: Runbook, step: Step): Transitions {
  const order = inOrder(runbook, step);
  const chosen = (clause: number | null, goto: string) => [
    {
      type: 'record' as const,
      params: ({ context, event }: { context: MachineContext; event: { type: string } }): Fact => ({
        ...branched(step, context, clause, goto),
        finding: findingOf(step, context, clause),
        by: 'operator',
        reason: 'reason' in event ? String(event.reason) : undefined,
      }),
    },
    'goOn' as const,
    ...atTheEnd(goto),
  ];
  const on: Transitions = {
    'CHOOSE.next': { guard: 'undecided', target: order.target, actions: chosen(null, order.goto) },
  };
  for (const [index, clause] of step.next.entries()) {
    const goto = clause.goto ?? order.goto;
    const target = clause.goto === undefined ? order.target : `#run.${clause.goto}`;
    on[`CHOOSE.${index}`] = { guard: 'undecided', target, actions: chosen(index, goto) };
  }
  return on;
}

function findingOf(step: Step, context: MachineContext, clause: number | null): string | undefined {
  const finding = clause === null ? undefined : step.next[clause]?.finding;
  return finding && renderForPeople(finding, scopeOf(context));
}

function branched(
  step: Step,
  context: MachineContext,
  clause: number | null,
  goto: string,
): Fact & { fact: 'branched' } {
  const { decision } = context.visit;
  const isDefault = clause !== null && step.next[clause]?.if === undefined;
  return {
    fact: 'branched',
    step: step.id,
    decision,
    clause,
    goto,
    finding: decision?.kind === 'clause' ? decision.finding : undefined,
    by: clause === null ? 'order' : isDefault ? 'default' : 'condition',
    reason: undefined,
  };
}

/** Returns what a settled step asks the operator before it can be left, if anything. */
function awaitedAfter(step: Step, context: MachineContext, failed: boolean): Await | undefined {
  const { visit, stopping } = context;
  const { decision, error } = visit;
  if (decision?.kind === 'undecidable') {
    const { clause, reason, values } = decision;
    return { step: step.id, for: 'decision', clause, reason, values, error };
  }
  if (failed && (stopping || decision?.kind === 'none'))
    return { step: step.id, for: 'failure', error };
  return stopping ? { step: step.id, for: 'stopped' } : undefined;
}

const asked = (step: Step, failed: boolean) => ({
  type: 'await' as const,
  params: ({ context }: { context: MachineContext }) => awaitedAfter(step, context, failed),
});

const settled = (step: Step, status: 'succeeded' | 'failed') => ({
  type: 'record' as const,
  params: ({ context }: { context: MachineContext }): Fact => ({
    fact: 'settled',
    step: step.id,
    status: context.steps[step.id]?.status === 'done-by-hand' ? 'done-by-hand' : status,
    error: context.visit.error,
  }),
});

/** The state of a step that has its result: it leaves by `next`, unless the operator has to say how. */
export function succeededState(runbook: Runbook, step: Step): StateConfig {
  return {
    entry: [
      { type: 'settle', params: { step: step.id, status: 'succeeded' } },
      settled(step, 'succeeded'),
      asked(step, false),
    ],
    always: branches(runbook, step),
    on: {
      ...choices(runbook, step),
      CONTINUE: { guard: 'isStopping', actions: ['goOn', asked(step, false)] },
    },
  };
}

/** The state of a step that failed: it leaves by a clause that names the error, or by the operator. */
export function failedState(runbook: Runbook, step: Step, again: string): StateConfig {
  return {
    entry: [
      { type: 'settle', params: { step: step.id, status: 'failed' } },
      settled(step, 'failed'),
      asked(step, true),
    ],
    always: branches(runbook, step),
    on: {
      ...choices(runbook, step),
      CONTINUE: { guard: 'isStopping', actions: ['goOn', asked(step, true)] },
      RETRY: { target: again, actions: ['goOn', 'startOver'] },
      EDIT: { target: again, actions: ['goOn', 'edit', 'startOver'] },
      MARK_DONE: { target: 'succeeded', actions: 'goOn' },
      SKIP: { target: 'skipped', actions: ['goOn', skipRecord(step)] },
    },
  };
}

/** The state of a step that was passed over: it leaves by the default clause, or in order. */
export function skippedState(runbook: Runbook, step: Step): StateConfig {
  return {
    entry: [{ type: 'settle', params: { step: step.id, status: 'skipped' } }, asked(step, false)],
    always: branches(runbook, step),
    on: { CONTINUE: { guard: 'isStopping', actions: 'goOn' } },
  };
}

/** The record that the operator passed a step over. */
export function skipRecord(step: Step) {
  return {
    type: 'record' as const,
    params: ({ event }: { event: { type: string } }): Fact => ({
      fact: 'skipped',
      step: step.id,
      by: 'operator',
      reason: 'reason' in event ? String(event.reason) : '',
    }),
  };
}
