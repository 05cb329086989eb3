import type { Runbook, Step } from '../runbook/runbook.ts';
import type { Await, Fact } from './effect.ts';
import { skippedState, skipRecord } from './leaving.ts';
import type { MachineContext } from './machine-context.ts';
import type { StateConfig } from './vocabulary.ts';

/** What happens on coming to a step: a new visit begins and is recorded. */
export function entryOf(step: Step): NonNullable<StateConfig['entry']> {
  return [
    { type: 'enter', params: { step: step.id } },
    {
      type: 'record',
      params: ({ context }: { context: MachineContext }): Fact => ({
        fact: 'entered',
        step: step.id,
        visit: context.visits[step.id] ?? 1,
      }),
    },
  ];
}

/**
 * The states by which a step begins: passed over, run at once, or waiting for the operator.
 * `first` is the state that does something; `byItself` says when it may begin without the operator.
 */
export function enteringStates(
  runbook: Runbook,
  step: Step,
  first: string,
  byItself: 'runsByItself' | 'mayRun',
  action?: (context: MachineContext) => Await['action'],
): { readonly entered: StateConfig; readonly ready: StateConfig; readonly skipped: StateConfig } {
  const start = {
    type: 'await' as const,
    params: ({ context }: { context: MachineContext }): Await => {
      const held = context.visit.held;
      return {
        step: step.id,
        for: held === undefined ? 'start' : 'stuck',
        reason: held,
        action: action?.(context),
      };
    },
  };
  return {
    entered: {
      always: [
        {
          guard: 'skips',
          target: 'skipped',
          actions: {
            type: 'record',
            params: ({ context }: { context: MachineContext }): Fact => ({
              fact: 'skipped',
              step: step.id,
              by: 'condition',
              reason: context.visit.skip ?? '',
            }),
          },
        },
        { guard: byItself, target: first },
        { target: 'ready' },
      ],
    },
    ready: {
      entry: start,
      on: {
        CONTINUE: { target: first, actions: ['goOn', 'release'] },
        AUTO: [
          { guard: 'turnsAutoOn', target: first, actions: ['goOn', 'release', 'setAuto'] },
          { actions: 'setAuto' },
        ],
        EDIT: { target: 'ready', reenter: true, actions: 'edit' },
        SKIP: { target: 'skipped', actions: ['goOn', skipRecord(step)] },
      },
    },
    skipped: skippedState(runbook, step),
  };
}
