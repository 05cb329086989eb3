import { executionOf } from '../context/rendering.ts';
import type { MachineContext } from '../context.ts';
import type { Acting } from '../placed-step.ts';
import type { Body } from './body.ts';
import { beginningOf, gateStates, simulatedGateStates } from './gate.ts';
import { readStates } from './read.ts';
import { verifyStates } from './verify.ts';

/**
 * Returns the body of a step that executes an action. A change is executed in `running`, which is
 * only reachable from `gate`; in a dry run that state does not exist.
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
