import { defined } from '#runbook/model/defined.ts';
import { visitOf } from '../context/frames.ts';
import type { Placed } from '../placed-step.ts';
import { type Of, of } from '../step-of.ts';

/** The transition that repeats a check after a pause, within the time limit. */
export function lookAgain(step: Placed, everyMs: number) {
  return {
    guard: { type: 'hasTimeLeft' as const, params: of(step) },
    target: 'pausing',
    actions: {
      type: 'arm' as const,
      params: ({ context }: Of) => {
        const { attempt, item } = visitOf(context, step.slot);
        const next = step.does.kind === 'wait' ? attempt + 1 : attempt;
        const timer = { step: step.id, for: 'verify' as const, ms: everyMs, attempt: next };
        return { ...timer, ...defined({ item }) };
      },
    },
  };
}
