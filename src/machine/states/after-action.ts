import type { Acting } from '../placed-step.ts';
import { connectsFirst, failWith, of, ofAnother, type StepParams } from '../step-of.ts';
import type { StateConfig } from '../vocabulary.ts';

type KeepUndoable = { readonly type: 'keepUndoable'; readonly params: StepParams };

/** Returns the transitions of a successful action; `also` keeps a change that can be undone. */
export function afterAction(step: Acting, also?: KeepUndoable) {
  const verified = step.does.verify === undefined ? 'succeeded' : 'verifying';
  const keepResult = { type: 'keepResult' as const, params: of(step) };
  const keep = also === undefined ? [keepResult] : [keepResult, also];
  const { expect, effect } = step.does;
  const succeeds = { target: verified, actions: keep };
  return {
    SUCCEEDED: [
      ...ofAnother(step),
      ...(effect === 'read' ? connectsFirst(step, 'action', 'running') : []),
      ...(expect === undefined
        ? [succeeds]
        : [
            { ...succeeds, guard: { type: 'meetsExpectation' as const, params: of(step) } },
            {
              target: 'failed',
              actions: [...keep, failWith(step, `not as expected: ${expect.text}`)],
            },
          ]),
    ],
  } satisfies StateConfig['on'];
}
