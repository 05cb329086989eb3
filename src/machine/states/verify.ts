import type { Acting } from '../placed-step.ts';
import { connectsFirst, execute, failWith, of, ofAnother } from '../step-of.ts';
import type { StateConfig } from '../vocabulary.ts';
import { BUSY } from './leaving.ts';
import { lookAgain } from './looking.ts';

/**
 * The states that check whether the action worked: repeated reads, until it is verified or the time
 * limit is reached. A last check that fails keeps its own error: a failed check does not mean that
 * the action did not work. After an action with an unknown outcome, an undecided check leaves it
 * unknown.
 */
export function verifyStates(step: Acting): NonNullable<StateConfig['states']> {
  const until = step.does.verify?.until.text ?? '';
  const keepError = { type: 'keepError' as const, params: of(step) };
  const again = lookAgain(step, step.does.verify?.everyMs ?? 0);
  const { effect } = step.does;
  const unsure = effect === 'read' ? [] : [{ guard: 'isRechecking' as const, target: 'unknown' }];
  const stopped = {
    target: 'failed',
    actions: failWith(step, 'stopped before it was verified', 'unverified'),
  };
  const unverified = {
    target: 'failed',
    actions: failWith(step, `not verified in time: ${until}`, 'unverified'),
  };
  return {
    verifying: {
      entry: execute(step, 'verify'),
      on: {
        ...BUSY,
        SUCCEEDED: [
          ...ofAnother(step),
          ...connectsFirst(step, 'verify', 'verifying'),
          { guard: { type: 'isVerified', params: of(step) }, target: 'succeeded' },
          again,
          ...unsure,
          { guard: 'isStopping', ...stopped },
          unverified,
        ],
        FAILED: [...ofAnother(step), again, ...unsure, { target: 'failed', actions: keepError }],
        UNKNOWN: [...ofAnother(step), ...unsure, { target: 'failed', actions: keepError }],
        INTERRUPTED: { target: 'verifying', reenter: true },
      },
    },
    pausing: {
      on: {
        TIMER: [...ofAnother(step), { target: 'verifying' }],
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
