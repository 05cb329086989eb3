import type { Acting } from './placed-step.ts';
import { connectsFirst, failWith, of, type StepParams } from './step-of.ts';
import type { StateConfig } from './vocabulary.ts';

type KeepUndoable = { readonly type: 'keepUndoable'; readonly params: StepParams };

/** Where a step goes when its action has succeeded; `also` keeps a change that can be undone. */
export function afterAction(step: Acting, also?: KeepUndoable) {
  const verified = step.does.verify === undefined ? 'succeeded' : 'verifying';
  const keepResult = { type: 'keepResult' as const, params: of(step) };
  const keep = also === undefined ? [keepResult] : [keepResult, also];
  const unmet = `not as expected: ${step.does.expect?.text ?? ''}`;
  return {
    SUCCEEDED: [
      ...(step.does.effect === 'read' ? connectsFirst(step, 'action', 'running') : []),
      {
        guard: { type: 'meetsExpectation' as const, params: of(step) },
        target: verified,
        actions: keep,
      },
      { target: 'failed', actions: [...keep, failWith(step, unmet)] },
    ],
  } satisfies StateConfig['on'];
}
