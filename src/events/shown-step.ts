import type { RunView, StepView } from './view.ts';

/**
 * Returns the step whose result there is to look at: the one that waits for a decision or runs and
 * has executed something, else the last one on the path that did something.
 */
export function shownStep(view: RunView): StepView | undefined {
  const byId = (id: string | undefined) => view.steps.find((step) => step.id === id);
  const current = byId(view.current);
  const hasResult = (step: StepView | undefined) =>
    step !== undefined &&
    (step.executions.some((execution) => execution.status !== 'running') ||
      step.skippedBecause !== undefined ||
      step.answer !== undefined ||
      step.evidence !== undefined);
  if (hasResult(current)) return current;
  return byId(view.path.findLast((id) => id !== view.current && hasResult(byId(id))));
}
