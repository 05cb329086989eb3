import { and } from 'xstate';
import type { Placed } from '../placed-step.ts';
import { of } from '../step-of.ts';
import type { StateConfig } from '../vocabulary.ts';
import type { Body } from './body.ts';

const OUTCOMES: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'UNKNOWN', 'TIMER']);

type States = Body['states'];

/**
 * Returns the states of something that runs beside others: how an action ended moves it only when it
 * is its own action.
 */
export function ownEventsOnly(states: States, step: Placed): States {
  const isOwn = { type: 'isOwn' as const, params: of(step) };
  const guarded = (transition: unknown): unknown => {
    if (Array.isArray(transition)) return transition.map(guarded);
    if (typeof transition === 'string') return { target: transition, guard: isOwn };
    const { guard, ...rest } = transition as { readonly guard?: typeof isOwn };
    return { ...rest, guard: guard === undefined ? isOwn : and([isOwn, guard]) };
  };
  return Object.fromEntries(
    Object.entries(states).map(([name, state]) => {
      const on = Object.entries(state.on ?? {}).map(([event, transition]) => [
        event,
        OUTCOMES.has(event) ? guarded(transition) : transition,
      ]);
      return [name, { ...state, on: Object.fromEntries(on) as StateConfig['on'] }];
    }),
  ) as States;
}
