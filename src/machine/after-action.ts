import type { Acting } from './placed-step.ts';
import { failWith, of, type StepParams } from './step-of.ts';
import type { StateConfig } from './vocabulary.ts';

type KeepUndoable = { readonly type: 'keepUndoable'; readonly params: StepParams };

/** Where a step goes when its action has succeeded. */
export function afterAction(step: Acting, also?: KeepUndoable): StateConfig['on'] {
  const verified = step.does.verify === undefined ? 'succeeded' : 'verifying';
  const keepResult = { type: 'keepResult' as const, params: of(step) };
  const keep = also === undefined ? [keepResult] : [keepResult, also];
  const unmet = `not as expected: ${step.does.expect?.text ?? ''}`;
  return {
    SUCCEEDED: [
      {
        guard: { type: 'meetsExpectation', params: of(step) },
        target: verified,
        actions: keep,
      },
      { target: 'failed', actions: [...keep, failWith(step, unmet)] },
    ],
  };
}
