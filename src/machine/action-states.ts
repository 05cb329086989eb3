import type { Runbook } from '../runbook/runbook.ts';
import type { Await } from './effect.ts';
import { enteringStates, entryOf } from './entering.ts';
import { gateStates } from './gate-states.ts';
import { failedState, succeededState } from './leaving.ts';
import type { MachineContext } from './machine-context.ts';
import { readStates } from './read-states.ts';
import { verifyStates } from './verify-states.ts';
import { executionOf } from './visit.ts';
import type { Acting, StateConfig } from './vocabulary.ts';

/** The state of a shell or SQL step. A change is executed in `running`, which only `gate` leads to. */
export function actingState(runbook: Runbook, step: Acting): StateConfig {
  const gated = step.does.effect !== 'read';
  const first = !gated ? 'running' : step.does.preview === undefined ? 'proposing' : 'previewing';
  const shown = (context: MachineContext): Await['action'] => {
    const part = first === 'previewing' ? 'preview' : 'action';
    const { action } = executionOf(context, step, part);
    return 'unresolved' in action ? undefined : action;
  };
  return {
    initial: 'entered',
    entry: entryOf(step),
    states: {
      ...enteringStates(runbook, step, first, 'runsByItself', shown),
      ...(gated ? gateStates(step, first) : readStates(step)),
      ...(step.does.verify === undefined ? {} : verifyStates(step)),
      succeeded: succeededState(runbook, step),
      failed: failedState(runbook, step, first),
    },
  };
}
