import { assertEvent } from 'xstate';
import { visitOf } from '../context/frames.ts';
import { delayOf } from '../context/retry.ts';
import { defined } from '../defined.ts';
import type { Acting } from '../placed-step.ts';
import { execute, failWith, type Of, of, ofAnother } from '../step-of.ts';
import type { StateConfig } from '../vocabulary.ts';
import { afterAction } from './after-action.ts';
import { BUSY } from './leaving.ts';

/** The states of a read: it runs, and is retried after a delay if the author says so. */
export function readStates(step: Acting): NonNullable<StateConfig['states']> {
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
