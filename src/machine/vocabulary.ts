import { assign, setup } from 'xstate';
import { decide } from '../runbook/expression.ts';
import type { ActionStep, Runbook, Step } from '../runbook/runbook.ts';
import type { StepError } from '../runbook/step-error.ts';
import type { Hash } from '../safety/digest.ts';
import type { Arm, Await, Execute, Fact, OpenGate } from './effect.ts';
import { type MachineContext, type MachineInput, scopeOf } from './machine-context.ts';
import type { MachineEvent } from './machine-event.ts';
import { retriesAfter } from './retry.ts';
import { enterStep, proposeChange, settleStep } from './visit.ts';

type OfStep = { readonly step: string };

/** A step that executes something. */
export type Acting = Step & { readonly does: ActionStep };

/** Returns true for a step that executes a script or a statement. */
export function isActing(step: Step): step is Acting {
  return 'body' in step.does;
}

/** Returns the guards and actions that the states of a runbook's machine are written with. */
export function vocabularyOf(runbook: Runbook, hash: Hash) {
  const steps = new Map(runbook.steps.map((step) => [step.id, step]));
  const stepOf = ({ step }: OfStep): Step => {
    const found = steps.get(step);
    if (found === undefined) throw new Error(`the machine names a step it has not got: ${step}`);
    return found;
  };
  const actingOf = (params: OfStep): Acting => {
    const step = stepOf(params);
    if (!isActing(step))
      throw new Error(`the machine executes a step that does nothing: ${step.id}`);
    return step;
  };
  return setup({
    types: {} as { context: MachineContext; events: MachineEvent; input: MachineInput },
    guards: {
      skips: ({ context }) => context.visit.skip !== undefined,
      runsByItself: ({ context }) =>
        context.auto && !context.stopping && context.visit.held === undefined,
      mayRun: ({ context }) => context.visit.held === undefined,
      leavesByClause: ({ context: { stopping, visit } }, params: { clause: number }) =>
        !stopping && visit.decision?.kind === 'clause' && visit.decision.clause === params.clause,
      leavesInOrder: ({ context: { stopping, visit } }) =>
        !stopping && visit.decision?.kind === 'order',
      isStopping: ({ context }) => context.stopping,
      undecided: ({ context }) => context.visit.decision?.kind === 'undecidable',
      turnsAutoOn: ({ event }) => event.type === 'AUTO' && event.on,
      retries: ({ context, event }, params: OfStep) =>
        event.type === 'FAILED' &&
        !context.stopping &&
        retriesAfter(actingOf(params).does.retry, event.error, context.visit.attempt),
      meetsExpectation: ({ context, event }, params: OfStep) => {
        const { expect } = actingOf(params).does;
        if (expect === undefined || event.type !== 'SUCCEEDED') return true;
        const visit = { ...context.visit, result: event.result };
        return decide(expect, scopeOf({ ...context, visit })).value === true;
      },
      cannotPropose: ({ context }) => context.visit.pending === undefined,
      findsNothing: ({ event }) => event.type === 'SUCCEEDED' && event.result.row_count === 0,
      rowsTooOld: ({ event }, params: { freshForMs: number }) =>
        event.type === 'CONFIRM' && (event.previewAgeMs ?? Infinity) > params.freshForMs,
      confirms: ({ context, event }) => {
        const { pending } = context.visit;
        if (event.type !== 'CONFIRM' || pending === undefined) return false;
        const rightPhrase = pending.phrase === undefined || event.phrase === pending.phrase;
        return event.digest === pending.digest && rightPhrase;
      },
      isVerified: ({ context, event }, params: OfStep) => {
        const { verify } = actingOf(params).does;
        if (verify === undefined || event.type !== 'SUCCEEDED') return false;
        const visit = { ...context.visit, result: event.result };
        return decide(verify.until, scopeOf({ ...context, visit })).value === true;
      },
      hasTimeLeft: ({ context, event }, params: OfStep) => {
        const within = actingOf(params).does.verify?.withinMs ?? 0;
        const elapsed = event.type === 'SUCCEEDED' || event.type === 'FAILED' ? event.elapsedMs : 0;
        return !context.stopping && elapsed < within;
      },
      isRechecking: ({ context }) => context.visit.rechecking === true,
      wasStarted: ({ event }) => event.type === 'INTERRUPTED' && event.started,
      isAnswer: ({ event }, params: { choices: readonly string[]; number: boolean }) => {
        if (event.type !== 'ANSWER') return false;
        if (params.number) return event.value.trim() !== '' && Number.isFinite(Number(event.value));
        return params.choices.length === 0 || params.choices.includes(event.value);
      },
    },
    actions: {
      executeRead: (_, __: Execute) => {},
      executeChange: (_, __: Execute) => {},
      openGate: (_, __: OpenGate | undefined) => {},
      await: (_, __: Await | undefined) => {},
      record: (_, __: Fact) => {},
      arm: (_, __: Arm) => {},
      enter: assign(({ context }, params: OfStep) => enterStep(context, stepOf(params))),
      settle: assign(
        ({ context, event }, params: OfStep & { status: 'succeeded' | 'failed' | 'skipped' }) => {
          const byHand = event.type === 'MARK_DONE';
          const visit = byHand
            ? withoutError(context.visit, { evidence: event.evidence })
            : context.visit;
          return settleStep(
            { ...context, visit },
            stepOf(params),
            byHand ? 'done-by-hand' : params.status,
          );
        },
      ),
      propose: assign(({ context }, params: OfStep) =>
        proposeChange(context, actingOf(params), hash),
      ),
      keepPreview: assign(({ context, event }) => {
        if (event.type !== 'SUCCEEDED') return {};
        const { columns, rows, row_count } = event.result;
        const preview = { columns, rows, row_count, at: event.at } as NonNullable<
          MachineContext['visit']['preview']
        >;
        return { visit: { ...context.visit, preview } };
      }),
      keepResult: assign(({ context, event }) =>
        event.type === 'SUCCEEDED'
          ? { visit: { ...withoutError(context.visit), result: event.result } }
          : {},
      ),
      keepAnswer: assign(({ context, event }, params: { number: boolean }) => {
        if (event.type === 'ANSWER') {
          const answer = params.number ? Number(event.value) : event.value;
          return { visit: { ...context.visit, result: { answer } } };
        }
        if (event.type !== 'REPORT') return {};
        return {
          visit: { ...context.visit, result: { done: event.done, evidence: event.evidence } },
        };
      }),
      keepError: assign(({ context, event }) => {
        if (event.type === 'UNKNOWN') return { visit: { ...context.visit, error: event.error } };
        if (event.type !== 'FAILED') return {};
        const result = event.result === undefined ? {} : { result: event.result };
        return { visit: { ...context.visit, ...result, error: event.error } };
      }),
      fail: assign(({ context }, params: { error: StepError }) => ({
        visit: { ...context.visit, error: params.error },
      })),
      countAttempt: assign(({ context }) => ({
        visit: { ...context.visit, attempt: context.visit.attempt + 1 },
      })),
      startOver: assign(() => ({ visit: { attempt: 1 } })),
      recheck: assign(({ context }) => ({ visit: { ...context.visit, rechecking: true } })),
      setAuto: assign(({ event }) => (event.type === 'AUTO' ? { auto: event.on } : {})),
      stop: assign({ stopping: true }),
      goOn: assign({ stopping: false }),
      release: assign(({ context: { visit } }) => {
        const { held: _, ...rest } = visit;
        return { visit: rest };
      }),
      edit: assign(({ context, event }) =>
        event.type === 'EDIT'
          ? {
              inputs: { ...context.inputs, ...event.inputs },
              targets: { ...context.targets, ...event.targets },
            }
          : {},
      ),
      connect: assign(({ context, event }) =>
        event.type === 'CONNECTED'
          ? { targets: { ...context.targets, [event.target]: event.facts } }
          : {},
      ),
    },
    delays: {},
  });
}

/** The guards and actions of a runbook's machine. */
export type Vocabulary = ReturnType<typeof vocabularyOf>;

/** The configuration of one state. */
export type StateConfig = Parameters<Vocabulary['createStateConfig']>[0];

function withoutError(
  visit: MachineContext['visit'],
  result?: MachineContext['visit']['result'],
): MachineContext['visit'] {
  const { error: _, ...rest } = visit;
  return result === undefined ? rest : { ...rest, result };
}
