import { assertEvent } from 'xstate';
import type { EventOf } from '#events/log/event.ts';
import { defined } from '#runbook/model/defined.ts';
import { confirmedExecution, declined, GATE, movedServer, refusal } from '../context/confirming.ts';
import { frameOf } from '../context/frames.ts';
import { connectsBefore } from '../context/looking.ts';
import { gateOf, undoOf } from '../context/rendering.ts';
import { unknownOutcome } from '../context/unsettled.ts';
import type { Await, DecidedEvent } from '../effect.ts';
import type { Acting } from '../placed-step.ts';
import { ask, type Of, of } from '../step-of.ts';
import type { StateConfig } from '../vocabulary.ts';
import { connectingStates } from './connecting.ts';
import { BUSY, onInOrder } from './leaving.ts';

type States = NonNullable<StateConfig['states']>;

/**
 * The states that undo a step: a change like any other, with a gate of its own. Afterwards the run
 * is at the step, and the operator decides how to continue; `first` is the initial state of the
 * step.
 */
export function undoStates(step: Acting, first: string): States {
  const part = 'undo' as const;
  const keepError = { type: 'keepError' as const, params: of(step) };
  const fail = {
    type: 'fail' as const,
    params: (given: Of) => ({ ...of(step), error: declined(given) }),
  };
  const asked = (what: (given: Of) => Omit<Await, 'step'>) =>
    ask(step, (given) => ({ part, ...what(given) }));
  const begin = connectsBefore(undoOf(step.does)?.body) ? 'connecting' : 'proposing';
  const byHand = { target: 'reverted', actions: undoneByHand(step) };
  const undoing: StateConfig = {
    initial: begin,
    on: GATE,
    states: {
      ...connectingStates(step, part),
      proposing: {
        entry: { type: 'propose', params: { ...of(step), part } },
        always: [{ guard: 'cannotPropose', target: 'failed' }, { target: 'gate' }],
      },
      gate: {
        entry: [
          { type: 'openGate', params: ({ context }: Of) => gateOf(context, step, part) },
          asked(() => ({ for: 'gate' })),
        ],
        on: {
          CONFIRM: [
            movedServer(step, part, begin),
            { guard: 'confirms', target: 'running' },
            { actions: refusal(step) },
          ],
          DECLINE: { target: 'failed', actions: fail },
          SKIP: `#run.${step.id}.undone`,
          INTERRUPTED: begin,
        },
      },
      running: {
        entry: confirmedExecution(step, part),
        on: {
          ...BUSY,
          SUCCEEDED: { target: 'reverted', actions: undoneRecord(step, () => ({ by: 'action' })) },
          FAILED: [
            { guard: 'isOnOtherServer', target: begin },
            { target: 'failed', actions: keepError },
          ],
          UNKNOWN: { target: 'unknown', actions: keepError },
          INTERRUPTED: [{ guard: 'wasStarted', target: 'unknown' }, { target: begin }],
        },
      },
      unknown: {
        entry: [
          { type: 'noteUnsettled', params: { ...of(step), part } },
          asked(({ context: { visit } }) => ({
            for: 'unknown',
            error: visit.error,
            why: unknownOutcome(part, visit),
          })),
        ],
        on: { RETRY: begin, MARK_DONE: byHand, SKIP: `#run.${step.id}.undone` },
      },
      failed: {
        entry: asked(({ context }) => ({
          for: 'failure',
          error: context.visit.error,
          why: { kind: 'not-undone' },
        })),
        on: { RETRY: begin, MARK_DONE: byHand, SKIP: `#run.${step.id}.undone` },
      },
      reverted: {
        entry: { type: 'markUndone', params: of(step) },
        always: `#run.${step.id}.undone`,
      },
    },
  };
  return {
    undoing,
    undone: {
      entry: ask(step, ({ context }) => {
        const { status } = frameOf(context, step.frame).steps[step.name] ?? {};
        return { for: 'stopped', why: { kind: status === 'undone' ? 'undone' : 'not-undone' } };
      }),
      on: {
        CONTINUE: onInOrder(step, { kind: 'after-undo' }),
        RETRY: { target: first, actions: ['goOn', { type: 'startOver', params: of(step) }] },
      },
    },
  };
}

function undoneRecord(
  step: Acting,
  how: (given: Of) => Pick<EventOf<'step.undone'>, 'by' | 'evidence'>,
) {
  return {
    type: 'record' as const,
    params: (given: Of): DecidedEvent => {
      const { item } = given.context.visit;
      return { type: 'step.undone', step: step.id, ...how(given), ...defined({ item }) };
    },
  };
}

function undoneByHand(step: Acting) {
  return undoneRecord(step, ({ event }) => {
    assertEvent(event, 'MARK_DONE');
    return { by: 'hand', evidence: event.evidence };
  });
}
