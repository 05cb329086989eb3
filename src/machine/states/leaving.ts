import { assertEvent } from 'xstate';
import type { EventOf, Reason } from '#events/log/event.ts';
import { renderForPeople } from '#runbook/expression/template.ts';
import { defined } from '#runbook/model/defined.ts';
import { endsIncident } from '#runbook/model/outcomes.ts';
import { shownClause } from '../branch.ts';
import { frameOf, visitOf } from '../context/frames.ts';
import { scopeOf } from '../context/scope.ts';
import type { MachineContext } from '../context.ts';
import type { Await, DecidedEvent } from '../effect.ts';
import type { MachineEvent } from '../event.ts';
import { firstFinalOf, type Placed, qualified } from '../placed-step.ts';
import { ask, type Of, of } from '../step-of.ts';
import type { StateConfig } from '../vocabulary.ts';
import { ending, UNSAID } from './ending.ts';

/** Busy states ignore everything else: a running action must end first. */
export const BUSY = {
  'JUMP.*': {},
  'UNDO.*': {},
  ABORT: {},
  STOP: { actions: 'stop' },
} as const;

/** The transitions in the `on` of a state. */
type Transitions = NonNullable<StateConfig['on']>;

type Way = { readonly target: string; readonly goto: string };

/** Returns the target of a transition: a step of the same runbook, the next one, or the end. */
function wayTo(step: Placed, goto: string | undefined): Way {
  const id = goto === undefined ? step.order : qualified(step.frame, goto);
  if (id !== undefined) return { target: `#run.${id}`, goto: id };
  const final = step.isFinal ? undefined : firstFinalOf(step.runbook);
  const end = step.frame === '' ? 'finished' : step.frame;
  return { target: step.end, goto: final === undefined ? end : qualified(step.frame, final) };
}

function atTheEnd(step: Placed, { target }: Way) {
  if (target !== step.end) return [];
  return ending(step, () => UNSAID);
}

/** The findings of a runbook that runs as a step are part of its result. */
function noteFinding(step: Placed, found: (context: MachineContext) => string | undefined) {
  if (step.frame === '') return [];
  const params = ({ context }: Of) => ({ frame: step.frame, text: found(context) ?? '' });
  return [{ type: 'noteFinding' as const, params }];
}

function decidedFinding({ visit: { decision } }: MachineContext): string | undefined {
  return decision?.kind === 'clause' ? decision.finding : undefined;
}

/** Returns the transitions of `next`, in order; none is taken while the run is to stop. */
function branches(step: Placed): NonNullable<StateConfig['always']> {
  const order = wayTo(step, undefined);
  const clauses = step.next.map((clause, index) => {
    const way = wayTo(step, clause.goto);
    return {
      guard: { type: 'leavesByClause', params: { clause: index } } as const,
      target: way.target,
      actions: [
        {
          type: 'record' as const,
          params: ({ context }: Of) => branched(step, context, index, way.goto),
        },
        ...noteFinding(step, decidedFinding),
        ...atTheEnd(step, way),
      ],
    };
  });
  const last = {
    guard: 'leavesInOrder',
    target: order.target,
    actions: [
      {
        type: 'record' as const,
        params: ({ context }: Of) => branched(step, context, null, order.goto),
      },
      ...atTheEnd(step, order),
    ],
  } as const;
  return [...clauses, last];
}

/** Returns the transitions for the operator's choice if a condition has no value. */
function choices(step: Placed, failed: boolean): Transitions {
  const barred = failed ? barredWays(step) : [];
  const on: Transitions = {};
  for (const clause of clausesOf(step)) {
    if (barred.includes(clause)) continue;
    const way = wayTo(step, gotoOf(step, clause));
    const actions = byOperator(step, clause, way);
    on[`CHOOSE.${clause ?? 'next'}`] = { guard: 'undecided', target: way.target, actions };
  }
  return on;
}

/** The clauses of a step, from 0, and `null` for the next step in order. */
function clausesOf({ next }: Placed): readonly (number | null)[] {
  return [...next.keys(), null];
}

function gotoOf({ next }: Placed, clause: number | null): string | undefined {
  return clause === null ? undefined : next[clause]?.goto;
}

/**
 * Returns the clauses that nobody may choose after the step has failed: they lead to an end that says
 * that the incident is over, which no check has shown.
 */
function barredWays(step: Placed): readonly (number | null)[] {
  return clausesOf(step).filter((clause) => {
    const { goto } = wayTo(step, gotoOf(step, clause));
    const target = step.runbook.steps.find(({ id }) => qualified(step.frame, id) === goto);
    return target?.does.kind === 'finish' && endsIncident(target.does.outcome);
  });
}

function byOperator(step: Placed, clause: number | null, way: Way, why?: Reason) {
  return [
    {
      type: 'record' as const,
      params: ({ context, event }: Of): DecidedEvent => {
        const finding = findingOf(step, context, clause);
        const branch = branched(step, context, clause, way.goto, finding);
        return { ...branch, by: 'operator', ...(why ? { why } : { reason: chosen(event) }) };
      },
    },
    ...noteFinding(step, (context) => findingOf(step, context, clause)),
    'goOn' as const,
    ...atTheEnd(step, way),
  ];
}

function chosen(event: MachineEvent): string {
  assertEvent(event, 'CHOOSE.*');
  return event.reason;
}

/** Returns the transition by which the operator continues in order, regardless of `next`. */
export function onInOrder(step: Placed, why: Reason) {
  const order = wayTo(step, undefined);
  return { target: order.target, actions: byOperator(step, null, order, why) };
}

function findingOf(
  step: Placed,
  context: MachineContext,
  clause: number | null,
): string | undefined {
  const finding = clause === null ? undefined : step.next[clause]?.finding;
  return finding && renderForPeople(finding, scopeOf(context, step));
}

function branched(
  step: Placed,
  context: MachineContext,
  clause: number | null,
  goto: string,
  finding = decidedFinding(context),
): EventOf<'branch.taken'> {
  const { decision } = context.visit;
  const taken = clause === null ? undefined : step.next[clause];
  return {
    type: 'branch.taken',
    step: step.id,
    clause,
    by: taken === undefined ? 'order' : taken.if === undefined ? 'default' : 'condition',
    goto,
    values: decision !== undefined && 'values' in decision ? decision.values : [],
    notTaken: step.next.filter((_, index) => index !== clause).map(shownClause),
    ...defined({
      condition: taken?.if?.text,
      finding,
      // A finding that was dropped after a skip establishes nothing.
      cause: (taken?.isCause && finding !== undefined) || undefined,
    }),
  };
}

/** Returns the question that a settled step asks before it can be left, if any. */
function awaitedAfter(
  step: Placed,
  context: MachineContext,
  failed: boolean,
): Omit<Await, 'step'> | undefined {
  const { visit, stopping } = context;
  const { decision, error } = visit;
  if (visit.refusedLogin === true)
    return { for: 'failure', why: { kind: 'own-login' }, login: true, error };
  if (decision?.kind === 'undecidable') {
    const { clause, reason: problem, values } = decision;
    const clauses = step.next.map(shownClause);
    const why = { kind: 'undecided', problem } as const;
    const barred = failed ? barredWays(step) : [];
    const kept = barred.length === 0 ? {} : { barred };
    return { for: 'decision', clause, why, values, clauses, ...kept, error };
  }
  if (failed && (stopping || decision?.kind === 'none')) {
    const why = step.isPrerequisite ? ({ kind: 'prerequisite' } as const) : undefined;
    return { for: 'failure', why, error };
  }
  return stopping ? { for: 'stopped' } : undefined;
}

function asked(step: Placed, failed: boolean) {
  return ask(step, ({ context }) => awaitedAfter(step, context, failed));
}

/** Returns the record of a step's result. */
export function settledRecord(step: Placed, status: 'succeeded' | 'failed' | 'simulated') {
  return {
    type: 'record' as const,
    params: ({ context }: Of): DecidedEvent => {
      const known = frameOf(context, step.frame).steps[step.name]?.status;
      return {
        type: 'step.settled',
        step: step.id,
        status: known === 'done-by-hand' ? known : status,
        ...defined({ error: visitOf(context, step.slot).error }),
      };
    },
  };
}

/** The state of a step with a result: it leaves by `next`, unless the operator must decide. */
export function succeededState(
  step: Placed,
  status: 'succeeded' | 'simulated' = 'succeeded',
): StateConfig {
  return {
    entry: [
      { type: 'settle', params: { ...of(step), status } },
      settledRecord(step, status),
      asked(step, false),
    ],
    always: branches(step),
    on: {
      ...choices(step, false),
      CONTINUE: { guard: 'isStopping', actions: ['goOn', asked(step, false)] },
    },
  };
}

/** The state of a failed step: it leaves by a clause that names the error, or by the operator. */
export function failedState(step: Placed, again: string): StateConfig {
  return {
    entry: [
      { type: 'settle', params: { ...of(step), status: 'failed' } },
      settledRecord(step, 'failed'),
      asked(step, true),
    ],
    always: branches(step),
    on: {
      ...choices(step, true),
      CONTINUE: [
        { guard: 'isStopping', actions: ['goOn', asked(step, true)] },
        { guard: 'isRefusedLogin', actions: ['acceptRefusal', asked(step, true)] },
      ],
      RETRY: { target: again, actions: ['goOn', { type: 'startOver', params: of(step) }] },
      ...editing(step, again),
      MARK_DONE: { target: 'succeeded', actions: ['goOn', 'markDone'] },
      SKIP: { target: 'skipped', actions: ['goOn', skipRecord(step)] },
    },
  };
}

/** Edited inputs are those of the runbook that contains the step. */
export function editing(step: Placed, again: string): Transitions {
  const actions = [
    'goOn' as const,
    { type: 'edit' as const, params: { frame: step.frame } },
    { type: 'startOver' as const, params: of(step) },
  ];
  const guard = { type: 'canEdit' as const, params: { frame: step.frame } };
  return { EDIT: { guard, target: again, actions } };
}

/** The state of a skipped step: it leaves by the default clause, or in order. */
export function skippedState(step: Placed): StateConfig {
  return {
    entry: [{ type: 'settle', params: { ...of(step), status: 'skipped' } }, asked(step, false)],
    always: branches(step),
    on: { CONTINUE: { guard: 'isStopping', actions: 'goOn' } },
  };
}

/** Returns the record that the operator skipped a step, or one item of it. */
export function skipRecord(step: Placed) {
  return passedOver(step, 'operator', (event) => {
    assertEvent(event, 'SKIP');
    return { reason: event.reason };
  });
}

/** Returns the record that a step, or one item of it, is skipped. */
export function passedOver(
  step: Placed,
  by: 'operator' | 'empty-preview' | 'not-needed' | 'spared',
  because: (event: MachineEvent) => { readonly reason: string } | { readonly why: Reason },
) {
  return {
    type: 'record' as const,
    params: ({ context, event }: Of): DecidedEvent => {
      const { item } = context.visit;
      return item === undefined
        ? { type: 'step.skipped', step: step.id, by, ...because(event) }
        : { type: 'item.settled', step: step.id, item, status: 'skipped', ...because(event) };
    },
  };
}
