import { afterAction, execute, failWith } from './executing.ts';
import { BUSY } from './leaving.ts';
import type { MachineContext } from './machine-context.ts';
import type { MachineEvent } from './machine-event.ts';
import { delayOf } from './retry.ts';
import type { Acting, StateConfig } from './vocabulary.ts';

type Of = { readonly context: MachineContext; readonly event: MachineEvent };

/** The states of a read: it runs, and where the author says so, is tried again after a while. */
export function readStates(step: Acting): NonNullable<StateConfig['states']> {
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
