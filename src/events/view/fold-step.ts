import type { EventOf } from '../log/event.ts';
import { isBesideOthers, stepsAround } from './place-in-run.ts';
import type { ExecutionView, GateView, RunView, StepView } from './run-view.ts';

/** Returns the view with one step changed; an unknown step changes nothing. */
export function withStep(view: RunView, id: string, change: (step: StepView) => StepView): RunView {
  const index = view.steps.findIndex((step) => step.id === id);
  const step = view.steps[index];
  return step === undefined ? view : { ...view, steps: view.steps.with(index, change(step)) };
}

/** The step at the start of a visit, without results of an earlier one. */
function fresh(step: StepView): StepView {
  const { id, title, phase, kind, effect, visits, why, parent, limits, outcome } = step;
  const outline = { id, title, phase, kind, effect, visits };
  return {
    ...outline,
    ...(why === undefined ? {} : { why }),
    ...(parent === undefined ? {} : { parent }),
    ...(limits === undefined ? {} : { limits }),
    ...(outcome === undefined ? {} : { outcome }),
    state: 'waiting',
    executions: [],
  };
}

/** Returns the view after a step was entered; steps jumped over are marked as not taken. */
export function entered(view: RunView, event: EventOf<'step.entered'>, at: string): RunView {
  const from = view.steps.findIndex((step) => step.id === view.current);
  const to = view.steps.findIndex((step) => step.id === event.step);
  const around = stepsAround(view, event.step);
  const steps = view.steps.map((step, index): StepView => {
    if (index === to) {
      return { ...fresh(step), state: 'current', visits: event.visit, enteredAt: at };
    }
    if (index > from && index < to && step.state === 'waiting') {
      return { ...step, state: 'not-taken' };
    }
    // A step that was left by a jump was not run.
    if (step.state === 'current' && !around.includes(step))
      return { ...step, state: index < to ? 'not-taken' : 'waiting' };
    // After a jump back, the steps after the target are ahead again.
    return index > to && step.state === 'not-taken' ? { ...step, state: 'waiting' } : step;
  });
  const path = [...view.path, event.step];
  const isBeside = isBesideOthers(view, event.step);
  if (!isBeside || view.current === undefined) return { ...view, steps, path, current: event.step };
  // A concurrent step does not become the current one.
  return withStep({ ...view, steps, path }, view.current, (step) => ({
    ...step,
    state: 'running',
  }));
}

/**
 * Returns the view after an action of a step started. While the rows of an open `gate` are read
 * again, the gate stays visible.
 */
export function executionStarted(
  view: RunView,
  event: EventOf<'step.started'>,
  at: string,
  gate: GateView | undefined,
): RunView {
  const execution: ExecutionView = {
    part: event.part,
    attempt: event.attempt,
    action: event.action,
    startedAt: at,
    status: 'running',
    outputs: [],
    ...(event.item === undefined ? {} : { item: event.item }),
  };
  const next = withStep(view, event.step, ({ error: _, endedAt: __, ...step }) => ({
    ...step,
    state: event.part === 'undo' ? step.state : 'running',
    executions: [...step.executions, execution],
  }));
  const keepsGate = gate !== undefined && event.part === 'preview' && gate.step === event.step;
  return keepsGate ? { ...next, gate } : next;
}

/** Returns the view after an action of a step ended. */
export function executionEnded(
  view: RunView,
  event: EventOf<'step.finished'>,
  at: string,
): RunView {
  return withStep(view, event.step, (step) => {
    const index = step.executions.findLastIndex(
      ({ part, item }) => part === event.part && item?.index === event.item?.index,
    );
    const execution = step.executions[index];
    if (execution === undefined) return step;
    const error = event.error === undefined ? {} : { error: event.error };
    const executions = step.executions.with(index, {
      ...execution,
      endedAt: at,
      ms: event.ms,
      status: event.status,
      outputs: event.outputs,
      ...(event.result === undefined ? {} : { result: event.result }),
      ...error,
    });
    if (event.status !== 'unknown') return { ...step, executions };
    return { ...step, ...error, executions, state: 'unknown' };
  });
}

/** Returns the view after rows of a confirmed change were spared. */
export function rowsSpared(view: RunView, event: EventOf<'rows.spared'>): RunView {
  const { type: _, step: id, ...spared } = event;
  return withStep(view, id, (step) => ({ ...step, spared: [...(step.spared ?? []), spared] }));
}

/** Returns the view after a step was skipped. */
export function skipped(view: RunView, event: EventOf<'step.skipped'>, at: string): RunView {
  return withStep(view, event.step, (step) => ({
    ...step,
    state: 'skipped',
    skippedBecause: event.reason,
    skippedBy: event.by,
    endedAt: at,
  }));
}

/** Returns the view after the result of a step was settled. */
export function settled(view: RunView, event: EventOf<'step.settled'>, at: string): RunView {
  return withStep(view, event.step, ({ error: _, ...step }) => ({
    ...step,
    state: event.status,
    endedAt: at,
    ...(event.error === undefined ? {} : { error: event.error }),
  }));
}

/** Returns the view after a step was undone. */
export function undone(view: RunView, event: EventOf<'step.undone'>, at: string): RunView {
  return withStep(view, event.step, ({ error: _, ...step }) => ({
    ...step,
    state: 'undone',
    endedAt: at,
    ...(event.evidence === undefined ? {} : { evidence: event.evidence }),
  }));
}

/** Returns the view after a transition was decided. */
export function branched(view: RunView, event: EventOf<'branch.taken'>, at: string): RunView {
  const { type: _, step: id, ...branch } = event;
  const next = withStep(view, id, (step) => ({ ...step, branch: { ...branch, at } }));
  if (event.finding === undefined) return next;
  const isElse = event.by === 'default' && event.notTaken.length > 0;
  const isCause = event.cause ?? false;
  const finding = { at, step: id, text: event.finding, isElse, isCause };
  return { ...next, findings: [...view.findings, finding] };
}

/** Returns the view with unfinished actions of an ended process marked as interrupted. */
export function interrupted(view: RunView, cut: EventOf<'run.resumed'>['interrupted']): RunView {
  const steps = view.steps.map((step): StepView => {
    if (!step.executions.some((execution) => execution.status === 'running')) return step;
    const executions = step.executions.map(
      (execution): ExecutionView =>
        execution.status === 'running' ? { ...execution, status: 'interrupted' } : execution,
    );
    const lost = cut?.step === step.id && cut.effect !== 'read';
    return { ...step, executions, state: lost ? 'unknown' : 'current' };
  });
  return { ...view, steps };
}

/** Returns the view at the end of a run: unreached steps were not taken. */
export function leftOver(
  view: RunView,
  outcome: EventOf<'run.finished'>['outcome'],
  at: string,
): RunView {
  const steps = view.steps.map((step): StepView => {
    if (step.state === 'waiting') return { ...step, state: 'not-taken' };
    const isFinish = step.id === view.current && step.kind === 'finish' && outcome !== 'aborted';
    return isFinish ? { ...step, state: 'succeeded', endedAt: at } : step;
  });
  return { ...view, steps };
}
