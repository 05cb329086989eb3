import { endsIncident } from '#runbook/model/outcomes.ts';
import { stepOf } from './place-in-run.ts';
import type { RunView, StepView } from './run-view.ts';

/**
 * Returns the possible targets of a jump: the run's own steps, and those of the current runbooks. An
 * end that says that the incident is over is none: only what a step showed leads there.
 */
export function jumpTargets(view: RunView): readonly StepView[] {
  const { current = '' } = view;
  return view.steps.filter(({ id, parent }) => {
    if (isEndOfIncident(view, id)) return false;
    if (parent === undefined) return true;
    // A single branch cannot run without those beside it.
    return current.startsWith(`${parent}/`) && stepOf(view, parent)?.kind !== 'parallel';
  });
}

/** Returns whether a step is an end that says that the incident is over. */
export function isEndOfIncident(view: RunView, id: string): boolean {
  return endsIncident(stepOf(view, id)?.outcome);
}
