import type { ExecutionView, ItemView, RunView, StepView } from './run-view.ts';

/** Returns a step of the run. */
export function stepOf(view: RunView, id: string | undefined): StepView | undefined {
  return view.steps.find((step) => step.id === id);
}

/** Returns the steps that contain a step, outermost first. */
export function stepsAround(view: RunView, id: string | undefined): readonly StepView[] {
  const parent = stepOf(view, stepOf(view, id)?.parent);
  return parent === undefined ? [] : [...stepsAround(view, parent.id), parent];
}

/** Returns the running items of the repeated steps that contain a step, outermost first. */
export function itemsAround(view: RunView, id: string): readonly ItemView[] {
  return stepsAround(view, id).flatMap(({ items }) => {
    const running = items?.findLast(({ state }) => state === 'running');
    return running === undefined ? [] : [running];
  });
}

/** Returns the step that runs the runbook of a step; undefined for the runbook of the run. */
export function callerOf(view: RunView, id: string): StepView | undefined {
  return stepOf(view, id.slice(0, Math.max(0, id.lastIndexOf('/'))));
}

/** Returns the inputs of the runbook that a step belongs to. */
export function inputsAt(view: RunView, id: string): RunView['inputs'] {
  const caller = callerOf(view, id);
  return caller === undefined ? view.inputs : (caller.child?.inputs ?? []);
}

/** Returns the steps directly inside a step: branches, or those of the runbook it runs. */
export function stepsInside(view: RunView, id: string): readonly StepView[] {
  return view.steps.filter(({ parent }) => parent === id);
}

/** Returns whether a step is a branch of a parallel step. */
export function isBesideOthers(view: RunView, id: string): boolean {
  return stepOf(view, stepOf(view, id)?.parent)?.kind === 'parallel';
}

/** Returns the titles of the current runbooks: the run's own, then those that run as steps. */
export function runbooksAround(view: RunView): readonly string[] {
  const around = stepsAround(view, view.current);
  const inside = around.flatMap(({ child }) => (child === undefined ? [] : [child.runbook.title]));
  return [view.runbook.title, ...inside];
}

/** Returns the execution that a step began last, apart from its checks. */
export function begunOf(step: StepView | undefined): ExecutionView | undefined {
  return step?.executions.findLast(({ part }) => part !== 'verify');
}
