import { defined } from '#runbook/model/defined.ts';
import { visitOf } from '../context/frames.ts';
import type { SettledStatus } from '../context.ts';
import type { DecidedEvent } from '../effect.ts';
import type { Placed } from '../placed-step.ts';
import { ask, type Of, of } from '../step-of.ts';
import type { StateConfig } from '../vocabulary.ts';
import type { Body } from './body.ts';
import { enteringStates } from './entering.ts';
import { BUSY, editing, failedState, skipRecord, succeededState } from './leaving.ts';

/**
 * Returns the states of a repeated step: it processes one item after another in its body, which is
 * in `item` and ends there. The operator is asked about an item that failed, unless some may fail;
 * one that stays failed is the last. With lanes, several
 * items are first processed concurrently.
 */
export function repeatedStates(
  step: Placed,
  body: Body,
  lanes: readonly { readonly step: Placed; readonly body: Body }[],
): NonNullable<StateConfig['states']> {
  const home = `#run.${step.id}`;
  const together: StateConfig = {
    type: 'parallel',
    on: BUSY,
    states: Object.fromEntries(
      lanes.map((lane, index) => [`lane${index + 1}`, laneState(lane.step, lane.body)]),
    ),
    onDone: 'choosing',
  };
  const sideBySide = lanes.length > 1;
  return {
    ...enteringStates(step, 'listing', body.byItself),
    listing: {
      entry: { type: 'listItems', params: of(step) },
      always: [{ guard: 'hasError', target: 'failed' }, { target: 'choosing' }],
    },
    choosing: {
      always: [
        { guard: 'isStopping', target: 'between' },
        { guard: 'hasMoreItems', target: sideBySide ? 'together' : 'taking' },
        {
          guard: { type: 'isWithinBudget', params: of(step) },
          target: 'succeeded',
          actions: 'keepItems',
        },
        { guard: 'hasUnaskedItem', target: 'item.asked', actions: 'takeFailedItem' },
        { target: 'succeeded', actions: 'keepItems' },
      ],
    },
    between: {
      entry: ['endTogether', ask(step, () => ({ for: 'stopped' }))],
      on: {
        CONTINUE: { target: 'choosing', actions: 'goOn' },
        SKIP: { target: 'skipped', actions: ['goOn', 'keepItems', skipRecord(step)] },
      },
    },
    ...(sideBySide ? { together } : {}),
    taking: { entry: { type: 'takeItem', params: of(step) }, always: 'item' },
    item: {
      initial: 'beginning',
      states: {
        beginning: { entry: itemEntered(step), always: body.first },
        ...body.states,
        succeeded: itemEnd(step, 'succeeded', `${home}.choosing`),
        simulated: itemEnd(step, 'simulated', `${home}.choosing`),
        skipped: {
          entry: { type: 'endItem', params: { ...of(step), status: 'skipped' } },
          always: `${home}.choosing`,
        },
        failed: itemEnd(step, 'failed', [
          {
            guard: { type: 'isWithinBudget', params: of(step) },
            target: `${home}.choosing`,
          },
          { target: 'asked' },
        ]),
        asked: {
          entry: [
            'endTogether',
            ask(step, ({ context }) => ({ for: 'failure', error: context.visit.error })),
          ],
          on: {
            CONTINUE: { target: `${home}.choosing`, actions: ['goOn', 'endRow'] },
            RETRY: {
              target: body.first,
              actions: ['goOn', { type: 'startOver', params: of(step) }],
            },
            ...editing(step, body.first),
            MARK_DONE: { target: 'succeeded', actions: ['goOn', 'markDone'] },
            SKIP: { target: 'skipped', actions: ['goOn', skipRecord(step)] },
          },
        },
      },
    },
    succeeded: succeededState(step),
    failed: failedState(step, 'listing'),
  };
}

/** One of several concurrent lanes; the operator is asked about failures when all have ended. */
function laneState(lane: Placed, body: Body): StateConfig {
  return {
    initial: 'choosing',
    states: {
      choosing: { always: [{ guard: 'isStopping', target: 'done' }, { target: 'taking' }] },
      taking: {
        entry: { type: 'takeItem', params: of(lane) },
        always: [
          { guard: { type: 'hasNoItem', params: of(lane) }, target: 'done' },
          { target: body.first, actions: itemEntered(lane) },
        ],
      },
      ...body.states,
      succeeded: itemEnd(lane, 'succeeded', 'choosing'),
      failed: itemEnd(lane, 'failed', 'choosing'),
      done: { type: 'final' },
    },
  };
}

function itemEntered(step: Placed) {
  return {
    type: 'record' as const,
    params: ({ context }: Of): DecidedEvent => ({
      type: 'item.entered',
      step: step.id,
      item: visitOf(context, step.slot).item ?? { index: 0, count: 0, label: '' },
    }),
  };
}

function itemEnd(
  step: Placed,
  status: SettledStatus,
  target: NonNullable<StateConfig['always']>,
): StateConfig {
  return {
    entry: [
      { type: 'endItem', params: { ...of(step), status } },
      {
        type: 'record',
        params: ({ context }: Of): DecidedEvent => {
          const { item, error, evidence } = visitOf(context, step.slot);
          return {
            type: 'item.settled',
            step: step.id,
            item: item ?? { index: 0, count: 0, label: '' },
            status: evidence === undefined ? status : 'done-by-hand',
            ...defined({ error }),
          };
        },
      },
    ],
    always: target,
  };
}
