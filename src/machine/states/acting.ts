import { assertEvent } from 'xstate';
import type { OutcomeCheck } from '#events/log/parts.ts';
import { defined } from '#runbook/model/defined.ts';
import { visitOf } from '../context/frames.ts';
import { executionOf } from '../context/rendering.ts';
import { delayOf } from '../context/retry.ts';
import type { MachineContext } from '../context.ts';
import type { Acting } from '../placed-step.ts';
import { connectsFirst, execute, failWith, type Of, of, ofAnother } from '../step-of.ts';
import type { StateConfig } from '../vocabulary.ts';
import { afterAction } from './after-action.ts';
import type { Body } from './body.ts';
import { beginningOf, gateStates, simulatedGateStates } from './gate.ts';
import { BUSY } from './leaving.ts';
import { lookAgain } from './looking.ts';

/**
 * Returns the body of a step that executes an action. A change is executed in `running`, which is
 * only reachable from `gate`; in a dry run that state does not exist.
 */
export function actingBody(step: Acting, isDryRun: boolean): Body {
  const { effect, verify } = step.does;
  const gated = effect !== 'read';
  const first = gated ? beginningOf(step) : 'running';
  const part = first === 'previewing' ? 'preview' : 'action';
  const verifying = verify === undefined || (gated && isDryRun) ? {} : verifyStates(step);
  const own = !gated
    ? readStates(step)
    : isDryRun
      ? simulatedGateStates(step)
      : gateStates(step, first);
  return {
    first,
    byItself: 'runsByItself',
    states: { ...own, ...verifying },
    action: (context: MachineContext) => {
      const { action } = executionOf(context, step, part);
      return 'unresolved' in action ? undefined : action;
    },
  };
}

/** The states of a read: it runs, and is retried after a delay if the author says so. */
function readStates(step: Acting): NonNullable<StateConfig['states']> {
  const { retry } = step.does;
  const keepError = { type: 'keepError' as const, params: of(step) };
  const running: StateConfig = {
    entry: execute(step, 'action'),
    on: {
      ...BUSY,
      ...afterAction(step),
      FAILED: [
        ...ofAnother(step),
        ...(retry === undefined
          ? []
          : [
              {
                guard: { type: 'retries', params: of(step) } as const,
                target: 'backing_off',
                actions: [
                  {
                    type: 'arm' as const,
                    params: ({ context, event }: Of) => {
                      const { attempt, item } = visitOf(context, step.slot);
                      assertEvent(event, 'FAILED');
                      const ms = delayOf(retry, attempt, event.random);
                      const next = attempt + 1;
                      const timer = { step: step.id, for: 'retry' as const, ms, attempt: next };
                      return { ...timer, ...defined({ item }) };
                    },
                  },
                  { type: 'countAttempt' as const, params: of(step) },
                ],
              },
            ]),
        { target: 'failed', actions: keepError },
      ],
      UNKNOWN: [...ofAnother(step), { target: 'failed', actions: keepError }],
      INTERRUPTED: { target: 'running', reenter: true },
    },
  };
  if (retry === undefined) return { running };
  const backing_off: StateConfig = {
    on: {
      TIMER: [...ofAnother(step), { target: 'running' }],
      CONTINUE: 'running',
      INTERRUPTED: 'running',
      STOP: {
        target: 'failed',
        actions: ['stop', failWith(step, 'stopped before the next attempt', 'cancelled')],
      },
    },
  };
  return { running, backing_off };
}

/**
 * The states that check whether the action worked: repeated reads, until it is verified or the time
 * limit is reached. How its last check fails says nothing of the action, which was carried out: the
 * step's error never has the kind of the check's. After an action with an unknown outcome, an
 * undecided check leaves it unknown.
 */
function verifyStates(step: Acting): NonNullable<StateConfig['states']> {
  const until = step.does.verify?.until.text ?? '';
  const unproven = {
    target: 'failed',
    actions: { type: 'keepCheckError', params: of(step) },
  } as const;
  const again = lookAgain(step, step.does.verify?.everyMs ?? 0);
  const isGated = step.does.effect !== 'read';
  const says = (check: OutcomeCheck) => ({
    target: 'unknown',
    actions: { type: 'keepCheck' as const, params: { says: check } },
  });
  const unsure = (check: OutcomeCheck) =>
    isGated ? [{ guard: 'isRechecking' as const, ...says(check) }] : [];
  const verified = {
    guard: { type: 'isVerified' as const, params: of(step) },
    target: 'succeeded',
  };
  const passed = isGated
    ? [
        {
          guard: { type: 'isVerifiedByItself' as const, params: of(step) },
          ...says('passed'),
        },
        { ...verified, actions: 'acceptOutcome' as const },
      ]
    : [verified];
  const stopped = {
    target: 'failed',
    actions: failWith(step, 'stopped before it was verified', 'unchecked'),
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
          ...passed,
          again,
          ...unsure('not-passed'),
          { guard: 'isStopping', ...stopped },
          unverified,
        ],
        FAILED: [...ofAnother(step), again, ...unsure('failed'), unproven],
        UNKNOWN: [...ofAnother(step), ...unsure('failed'), unproven],
        INTERRUPTED: { target: 'verifying', reenter: true, actions: 'endTogether' },
      },
    },
    pausing: {
      on: {
        TIMER: [...ofAnother(step), { target: 'verifying' }],
        CONTINUE: 'verifying',
        INTERRUPTED: { target: 'verifying', actions: 'endTogether' },
        STOP: [
          ...unsure('none').map((way) => ({ ...way, actions: ['stop' as const, way.actions] })),
          { ...stopped, actions: ['stop' as const, stopped.actions] },
        ],
      },
    },
  };
}
