import type { Runbook } from '../runbook/runbook.ts';
import type { ErrorKind } from '../runbook/step-error.ts';
import type { Await, Fact, Part } from './effect.ts';
import { enteringStates, entryOf } from './entering.ts';
import { BUSY, failedState, skipRecord, succeededState } from './leaving.ts';
import type { MachineContext } from './machine-context.ts';
import type { MachineEvent } from './machine-event.ts';
import { delayOf } from './retry.ts';
import { executionOf, gateOf } from './visit.ts';
import type { Acting, StateConfig } from './vocabulary.ts';

type Of = { readonly context: MachineContext; readonly event: MachineEvent };

/** The state of a shell or SQL step. A change is executed in `running`, which only `gate` leads to. */
export function actingState(runbook: Runbook, step: Acting): StateConfig {
  const gated = step.does.effect !== 'read';
  const first = !gated ? 'running' : step.does.preview === undefined ? 'proposing' : 'previewing';
  const shown = (context: MachineContext): Await['action'] => {
    const part = first === 'previewing' ? 'preview' : 'action';
    const { action } = executionOf(context, step, part);
    return 'unresolved' in action ? undefined : action;
  };
  return {
    initial: 'entered',
    entry: entryOf(step),
    states: {
      ...enteringStates(runbook, step, first, 'runsByItself', shown),
      ...(gated ? gateStates(step, first) : readStates(step)),
      ...(step.does.verify === undefined ? {} : verifyStates(step)),
      succeeded: succeededState(runbook, step),
      failed: failedState(runbook, step, first),
    },
  };
}

function execute(step: Acting, part: Part) {
  return {
    type: 'executeRead' as const,
    params: ({ context }: Of) => executionOf(context, step, part),
  };
}

/** Where a step goes when its action has succeeded. */
function afterAction(step: Acting): StateConfig['on'] {
  const verified = step.does.verify === undefined ? 'succeeded' : 'verifying';
  const of = { step: step.id };
  return {
    SUCCEEDED: [
      { guard: { type: 'meetsExpectation', params: of }, target: verified, actions: 'keepResult' },
      { target: 'failed', actions: ['keepResult', failWith(unmet(step))] },
    ],
  };
}

function unmet(step: Acting) {
  return `not as expected: ${step.does.expect?.text ?? ''}`;
}

function failWith(message: string, kind: ErrorKind = 'unexpected') {
  return { type: 'fail' as const, params: { error: { kind, message } } };
}

function readStates(step: Acting): NonNullable<StateConfig['states']> {
  const { retry } = step.does;
  const running: StateConfig = {
    entry: execute(step, 'action'),
    on: {
      ...BUSY,
      ...afterAction(step),
      FAILED: [
        ...(retry === undefined
          ? []
          : [
              {
                guard: { type: 'retries', params: { step: step.id } } as const,
                target: 'backing_off',
                actions: [
                  {
                    type: 'arm' as const,
                    params: ({ context, event }: Of) => ({
                      step: step.id,
                      for: 'retry' as const,
                      ms: delayOf(
                        retry,
                        context.visit.attempt,
                        event.type === 'FAILED' ? event.random : 0,
                      ),
                      attempt: context.visit.attempt + 1,
                    }),
                  },
                  'countAttempt' as const,
                ],
              },
            ]),
        { target: 'failed', actions: 'keepError' },
      ],
      UNKNOWN: { target: 'failed', actions: 'keepError' },
      INTERRUPTED: { target: 'running', reenter: true },
    },
  };
  if (retry === undefined) return { running };
  const backing_off: StateConfig = {
    on: {
      TIMER: 'running',
      CONTINUE: 'running',
      INTERRUPTED: 'running',
      STOP: {
        target: 'failed',
        actions: ['stop', failWith('stopped before the next attempt', 'cancelled')],
      },
    },
  };
  return { running, backing_off };
}

function gateStates(step: Acting, first: string): NonNullable<StateConfig['states']> {
  const { preview, verify } = step.does;
  const fresh = preview === undefined ? 'proposing' : 'previewing';
  const refusal = {
    type: 'record' as const,
    params: ({ context }: Of): Fact => ({
      fact: 'refused',
      step: step.id,
      reason:
        context.visit.pending?.phrase === undefined
          ? 'it is not what the gate shows'
          : 'that is not the phrase',
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

function verifyStates(step: Acting): NonNullable<StateConfig['states']> {
  const of = { step: step.id };
  const every = step.does.verify?.everyMs ?? 0;
  const again = {
    guard: { type: 'hasTimeLeft' as const, params: of },
    target: 'pausing',
    actions: {
      type: 'arm' as const,
      params: ({ context }: Of) => ({
        step: step.id,
        for: 'verify' as const,
        ms: every,
        attempt: context.visit.attempt,
      }),
    },
  };
  const unsure =
    step.does.effect === 'read' ? [] : [{ guard: 'isRechecking' as const, target: 'unknown' }];
  const unverified = failWith(
    `not verified in time: ${step.does.verify?.until.text ?? ''}`,
    'unverified',
  );
  return {
    verifying: {
      entry: execute(step, 'verify'),
      on: {
        ...BUSY,
        SUCCEEDED: [
          { guard: { type: 'isVerified', params: of }, target: 'succeeded' },
          again,
          ...unsure,
          { target: 'failed', actions: unverified },
        ],
        FAILED: [again, ...unsure, { target: 'failed', actions: 'keepError' }],
        UNKNOWN: [...unsure, { target: 'failed', actions: 'keepError' }],
        INTERRUPTED: { target: 'verifying', reenter: true },
      },
    },
    pausing: {
      on: {
        TIMER: 'verifying',
        CONTINUE: 'verifying',
        INTERRUPTED: 'verifying',
        STOP: {
          target: 'failed',
          actions: ['stop', failWith('stopped before it was verified', 'unverified')],
        },
      },
    },
  };
}
