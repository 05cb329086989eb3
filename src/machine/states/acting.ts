import { executionOf } from '../context/rendering.ts';
import type { MachineContext } from '../context.ts';
import type { Acting } from '../placed-step.ts';
import type { Body } from './body.ts';
import { beginningOf, gateStates, simulatedGateStates } from './gate.ts';
import { readStates } from './read.ts';
import { verifyStates } from './verify.ts';

/**
 * Returns what a step that executes something does. A change is executed in `running`, which only
 * `gate` leads to; in a dry run there is no such state.
 */
export function actingBody(step: Acting, isDryRun: boolean): Body {
  const { effect, verify } = step.does;
  const gated = effect !== 'read';
  const first = gated ? beginningOf(step) : 'running';
  const part = first === 'previewing' ? 'preview' : 'action';
  const verifying = verify === undefined || (gated && isDryRun) ? {} : verifyStates(step);
  const own = !gated
    ? readStates(step)
    : isDryRun
      ? simulatedGateStates(step)
      : gateStates(step, first);
  return {
    first,
    byItself: 'runsByItself',
    states: { ...own, ...verifying },
    action: (context: MachineContext) => {
      const { action } = executionOf(context, step, part);
      return 'unresolved' in action ? undefined : action;
    },
  };
}
