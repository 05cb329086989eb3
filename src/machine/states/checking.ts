import { assertEvent } from 'xstate';
import { defined } from '#runbook/model/defined.ts';
import { changesIn, type Recheck } from '../context/rechecking.ts';
import { executionOf } from '../context/rendering.ts';
import type { DecidedEvent } from '../effect.ts';
import type { Acting } from '../placed-step.ts';
import { type Of, of } from '../step-of.ts';
import type { StateConfig } from '../vocabulary.ts';
import { BUSY, passedOver } from './leaving.ts';

/**
 * The state between the confirmation of a change and its execution: its rows are read again, and
 * those that are no longer as shown are spared.
 */
export function checkingStates(
  step: Acting,
  fresh: string,
  preparation: 'connecting' | 'proposing',
): NonNullable<StateConfig['states']> {
  const { preview } = step.does;
  if (preview === undefined) return {};
  const keepError = { type: 'keepError' as const, params: of(step) };
  const when = (as: Recheck) => ({ type: 'rechecks' as const, params: { ...of(step), as } });
  const gone = passedOver(step, 'empty-preview', () => ({ why: { kind: 'nothing-left' } }));
  const changed = passedOver(step, 'spared', () => ({ why: { kind: 'all-changed' } }));
  const checking: StateConfig = {
    entry: [
      { type: 'noteConfirmation', params: preview },
      { type: 'executeRead', params: ({ context }: Of) => executionOf(context, step, 'recheck') },
    ],
    on: {
      ...BUSY,
      // A stop at this point means that the change must not start.
      STOP: { actions: ['stop', 'withdraw'] },
      SUCCEEDED: [
        { guard: when('as-shown'), target: 'running' },
        {
          guard: when('narrowed'),
          target: 'running',
          actions: [sparedRecord(step), { type: 'narrow', params: of(step) }],
        },
        { guard: when('all-spared'), target: 'skipped', actions: [sparedRecord(step), changed] },
        ...needingNone(step),
        { guard: when('nothing-found'), target: 'skipped', actions: gone },
        { target: preparation, actions: { type: 'keepPreview', params: of(step) } },
      ],
      FAILED: { target: 'failed', actions: keepError },
      UNKNOWN: { target: 'failed', actions: keepError },
      INTERRUPTED: { target: fresh },
    },
  };
  return { checking };
}

/** The transition past a change that needs none of the rows that were found. */
export function needingNone(step: Acting) {
  if (step.does.preview?.enough === undefined) return [];
  const none = passedOver(step, 'not-needed', () => ({ why: { kind: 'none-needed' } }));
  return [
    { guard: { type: 'needsNone' as const, params: of(step) }, target: 'skipped', actions: none },
  ];
}

function sparedRecord(step: Acting) {
  return {
    type: 'record' as const,
    params: ({ context, event }: Of): DecidedEvent => {
      const { item, preview } = context.visit;
      assertEvent(event, 'SUCCEEDED');
      const changes = changesIn(context, step, event.result);
      const { same = [], changed = [], gone = [] } = changes ?? {};
      const rows = [...changed, ...gone.map((row) => ({ row }))];
      const columns = preview?.columns ?? [];
      const left = same.length;
      return { type: 'rows.spared', step: step.id, columns, rows, left, ...defined({ item }) };
    },
  };
}
