import { execute, failWith } from './executing.ts';
import { BUSY } from './leaving.ts';
import type { MachineContext } from './machine-context.ts';
import type { MachineEvent } from './machine-event.ts';
import type { Acting, StateConfig } from './vocabulary.ts';

type Of = { readonly context: MachineContext; readonly event: MachineEvent };

/**
 * The states that check whether the action worked: one read after the other, until it is verified or
 * the time is over. After an action whose outcome is unknown, a check that cannot tell leaves it so.
 */
export function verifyStates(step: Acting): NonNullable<StateConfig['states']> {
  const of = { step: step.id };
  const every = step.does.verify?.everyMs ?? 0;
  const until = step.does.verify?.until.text ?? '';
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
  const stopped = {
    target: 'failed',
    actions: failWith('stopped before it was verified', 'unverified'),
  };
  const unverified = {
    target: 'failed',
    actions: failWith(`not verified in time: ${until}`, 'unverified'),
  };
  return {
    verifying: {
      entry: execute(step, 'verify'),
      on: {
        ...BUSY,
        SUCCEEDED: [
          { guard: { type: 'isVerified', params: of }, target: 'succeeded' },
          again,
          ...unsure,
          { guard: 'isStopping', ...stopped },
          unverified,
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
        STOP: [
          ...unsure.map((way) => ({ ...way, actions: 'stop' as const })),
          { ...stopped, actions: ['stop' as const, stopped.actions] },
        ],
      },
    },
  };
}
