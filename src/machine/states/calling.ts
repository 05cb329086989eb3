import { type Calling, callOf, endOfChild } from '../context/child-runbook.ts';
import type { DecidedEvent } from '../effect.ts';
import { firstStepOf, qualified } from '../placed-step.ts';
import { type Of, of } from '../step-of.ts';
import type { Body } from './body.ts';

/**
 * Returns the body of a step that runs another runbook: it leads to the first step of that one,
 * whose states are beside all others, and whose end leads back to `returned`. While these states do
 * not exist it stays in `calling`, which names the step as `opens`.
 */
export function callingBody(step: Calling, isOpen: boolean): Body {
  const first = firstStepOf(step.does.runbook);
  const inside = first === undefined ? 'returned' : `#run.${qualified(step.id, first)}`;
  const enter = {
    target: inside,
    actions: { type: 'call' as const, params: ({ context }: Of) => callOf(context, step) },
  };
  const finished = {
    type: 'record' as const,
    params: ({ context }: Of): DecidedEvent => ({
      type: 'child.finished',
      step: step.id,
      ...endOfChild(context, step),
    }),
  };
  return {
    first: 'calling',
    byItself: 'runsByItself',
    states: {
      calling: {
        entry: { type: 'callChild', params: of(step) },
        ...(isOpen ? {} : { meta: { opens: step.id } }),
        always: [{ guard: 'cannotCall', target: 'failed' }, ...(isOpen ? [enter] : [])],
      },
      returned: {
        entry: [finished, { type: 'returnFromChild', params: of(step) }],
        always: 'succeeded',
      },
    },
  };
}
