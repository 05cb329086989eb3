import { stepOf, stepsAround } from './place-in-run.ts';
import type { RunView, StepView } from './run-view.ts';

/**
 * Returns the step whose result is displayed: a command that has just ended; a step that waits for
 * a decision or runs, and has executed something; else the last one on the path that did. Work
 * inside a step that the run has left is shown as that step.
 */
export function shownStep(view: RunView): StepView | undefined {
  const command = view.adhoc?.find(({ id }) => id === view.adhocShown);
  if (command !== undefined) return command;
  const current = stepOf(view, view.current);
  if (hasResult(current)) return current;
  const id = view.path.findLast((one) => one !== view.current && hasResult(stepOf(view, one)));
  if (id === undefined) return undefined;
  const here = [...stepsAround(view, view.current), ...(current === undefined ? [] : [current])];
  const left = stepsAround(view, id).find((step) => !here.includes(step));
  return left ?? stepOf(view, id);
}

function hasResult(step: StepView | undefined): boolean {
  if (step === undefined) return false;
  return (
    step.executions.some((execution) => execution.status !== 'running') ||
    step.skippedBecause !== undefined ||
    step.answer !== undefined ||
    step.evidence !== undefined ||
    step.child?.end !== undefined
  );
}
