import type { Await, Fact } from './effect.ts';
import { afterAction, execute } from './executing.ts';
import { BUSY, skipRecord } from './leaving.ts';
import type { MachineContext } from './machine-context.ts';
import type { MachineEvent } from './machine-event.ts';
import { executionOf, gateOf } from './visit.ts';
import type { Acting, StateConfig } from './vocabulary.ts';

type Of = { readonly context: MachineContext; readonly event: MachineEvent };

/**
 * The states of a change: its preview is read, it is put before the operator, and only a confirmation
 * leads to `running`. `first` is where a retry begins.
 */
export function gateStates(step: Acting, first: string): NonNullable<StateConfig['states']> {
  const { preview, verify } = step.does;
  const fresh = preview === undefined ? 'proposing' : 'previewing';
  const refusal = {
    type: 'record' as const,
    params: ({ context: { visit }, event }: Of): Fact => ({
      fact: 'refused',
      step: step.id,
      reason:
        event.type === 'CONFIRM' && event.digest === visit.pending?.digest
          ? 'that is not the phrase'
          : 'it is not what the gate shows',
    }),
  };
  const stale = {
    type: 'record' as const,
    params: {
      fact: 'refused' as const,
      step: step.id,
      reason: 'the rows were too old and were read again',
    },
  };
  const previewing: StateConfig = {
    entry: execute(step, 'preview'),
    on: {
      ...BUSY,
      SUCCEEDED: [
        {
          guard: 'findsNothing',
          target: 'skipped',
          actions: {
            type: 'record',
            params: {
              fact: 'skipped',
              step: step.id,
              by: 'empty-preview',
              reason: 'the preview found nothing to act on',
            },
          },
        },
        { target: 'proposing', actions: 'keepPreview' },
      ],
      FAILED: { target: 'failed', actions: 'keepError' },
      UNKNOWN: { target: 'failed', actions: 'keepError' },
      INTERRUPTED: { target: 'previewing', reenter: true },
    },
  };
  return {
    ...(preview === undefined ? {} : { previewing }),
    proposing: {
      entry: { type: 'propose', params: { step: step.id } },
      always: [{ guard: 'cannotPropose', target: 'failed' }, { target: 'gate' }],
    },
    gate: {
      entry: [
        { type: 'openGate', params: ({ context }: Of) => gateOf(context, step) },
        { type: 'await', params: { step: step.id, for: 'gate' } },
      ],
      on: {
        CONFIRM: [
          ...(preview === undefined
            ? []
            : [
                {
                  guard: { type: 'rowsTooOld' as const, params: preview },
                  target: 'previewing',
                  actions: stale,
                },
              ]),
          { guard: 'confirms', target: 'running' },
          { actions: refusal },
        ],
        DECLINE: {
          target: 'failed',
          actions: {
            type: 'fail',
            params: ({ event }: Of) => ({
              error: {
                kind: 'declined' as const,
                message: event.type === 'DECLINE' ? `declined: ${event.reason}` : 'declined',
              },
            }),
          },
        },
        REFRESH: { target: fresh },
        SKIP: { target: 'skipped', actions: skipRecord(step) },
        INTERRUPTED: { target: fresh },
      },
    },
    running: {
      entry: {
        type: 'executeChange',
        params: ({ context }: Of) => {
          const { pending } = context.visit;
          const execution = executionOf(context, step, 'action');
          return pending === undefined
            ? execution
            : { ...execution, action: pending.action, digest: pending.digest };
        },
      },
      on: {
        ...BUSY,
        ...afterAction(step),
        FAILED: { target: 'failed', actions: 'keepError' },
        UNKNOWN: { target: 'unknown', actions: 'keepError' },
        INTERRUPTED: [{ guard: 'wasStarted', target: 'unknown' }, { target: fresh }],
      },
    },
    unknown: {
      entry: {
        type: 'await',
        params: ({ context }: Of): Await => ({
          step: step.id,
          for: 'unknown',
          error: context.visit.error,
          canRecheck: verify !== undefined,
          reason: 'the action had started, and what it did is not known',
        }),
      },
      on: {
        ...(verify === undefined
          ? {}
          : { RECHECK: { target: 'verifying', actions: 'recheck' as const } }),
        RETRY: { target: first, actions: 'startOver' },
        MARK_DONE: 'succeeded',
        SKIP: { target: 'skipped', actions: skipRecord(step) },
      },
    },
  };
}
