import type { ErrorKind } from '../runbook/step-error.ts';
import type { Part } from './effect.ts';
import type { MachineContext } from './machine-context.ts';
import type { MachineEvent } from './machine-event.ts';
import { executionOf } from './visit.ts';
import type { Acting, StateConfig } from './vocabulary.ts';

type Of = { readonly context: MachineContext; readonly event: MachineEvent };

/** Carries out a part of a step that only reads. */
export function execute(step: Acting, part: Part) {
  return {
    type: 'executeRead' as const,
    params: ({ context }: Of) => executionOf(context, step, part),
  };
}

/** Where a step goes when its action has succeeded. */
export function afterAction(step: Acting): StateConfig['on'] {
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

/** Fails the step with a reason of this engine's own. */
export function failWith(message: string, kind: ErrorKind = 'unexpected') {
  return { type: 'fail' as const, params: { error: { kind, message } } };
}
