import { frameOf, visitOf } from '../context/frames.ts';
import type { MachineContext } from '../context.ts';
import type { Await, DecidedEvent } from '../effect.ts';
import type { Placed } from '../placed-step.ts';
import { ask, type Of, of } from '../step-of.ts';
import type { StateConfig } from '../vocabulary.ts';
import { skippedState, skipRecord } from './leaving.ts';

/** Returns the entry actions of a step: start a new visit and record it. */
export function entryOf(step: Placed): NonNullable<StateConfig['entry']> {
  return [
    { type: 'enter', params: of(step) },
    {
      type: 'record',
      params: ({ context }: Of): DecidedEvent => ({
        type: 'step.entered',
        step: step.id,
        visit: frameOf(context, step.frame).visits[step.name] ?? 1,
      }),
    },
  ];
}

/** The transition that skips a step because of its own condition. */
export function passingOver(step: Placed) {
  return {
    guard: { type: 'skips' as const, params: of(step) },
    target: 'skipped',
    actions: {
      type: 'record' as const,
      params: ({ context }: Of): DecidedEvent => {
        const { by = 'condition', why } = visitOf(context, step.slot).skip ?? {};
        return { type: 'step.skipped', step: step.id, by, ...(why ? { why } : { reason: '' }) };
      },
    },
  };
}

/**
 * The initial states of a step: skipped, run at once, or waiting for the operator. `first` is the
 * first working state; `byItself` is the guard under which it may start without the operator.
 */
export function enteringStates(
  step: Placed,
  first: string,
  byItself: 'runsByItself' | 'mayRun',
  action?: (context: MachineContext) => Await['action'],
): { readonly entered: StateConfig; readonly ready: StateConfig; readonly skipped: StateConfig } {
  return {
    entered: {
      entry: entryOf(step),
      always: [passingOver(step), { guard: byItself, target: first }, { target: 'ready' }],
    },
    ready: {
      entry: ask(step, ({ context }) => {
        const { held } = context.visit;
        return {
          for: held === undefined ? 'start' : 'stuck',
          why: held,
          action: action?.(context),
        };
      }),
      on: {
        CONTINUE: { target: first, actions: 'release' },
        AUTO: { guard: 'turnsAutoOn', target: first, actions: ['release', 'setAuto'] },
        EDIT: {
          guard: { type: 'canEdit', params: { frame: step.frame } },
          target: 'ready',
          reenter: true,
          actions: { type: 'edit' as const, params: { frame: step.frame } },
        },
        SKIP: { target: 'skipped', actions: skipRecord(step) },
      },
    },
    skipped: skippedState(step),
  };
}
