import type { EventOf } from '../log/event.ts';
import { placesOf } from './fold-run.ts';
import { withStep } from './fold-step.ts';
import type { ItemView, RunView } from './run-view.ts';

/** Returns the view after a repeated step started an item. */
export function itemEntered(view: RunView, { step, item }: EventOf<'item.entered'>): RunView {
  return withItem(view, step, { ...item, state: 'running' });
}

/** Returns the view after an item of a repeated step ended. */
export function itemSettled(view: RunView, event: EventOf<'item.settled'>): RunView {
  const { step, item, status, error, reason } = event;
  return withItem(view, step, {
    ...item,
    state: status,
    ...(error === undefined ? {} : { error }),
    ...(reason === undefined ? {} : { reason }),
  });
}

function withItem(view: RunView, id: string, item: ItemView): RunView {
  return withStep(view, id, (step) => {
    const others = (step.items ?? []).filter(({ index }) => index !== item.index);
    return { ...step, items: [...others, item].toSorted((a, b) => a.index - b.index) };
  });
}

/**
 * Returns the view after a step started to run another runbook, without results of an earlier time.
 */
export function childStarted(view: RunView, event: EventOf<'child.started'>): RunView {
  const { type: _, step: id, ...child } = event;
  const steps = view.steps.map((step) =>
    isInside(step.id, id) ? { ...step, state: 'waiting' as const, executions: [] } : step,
  );
  const places = { ...view.places, ...placesOf(child.targets, `${id}/`) };
  return withStep({ ...view, steps, places }, id, (step) => ({ ...step, state: 'running', child }));
}

/** Returns the view after the runbook of a step ended. */
export function childFinished(view: RunView, event: EventOf<'child.finished'>): RunView {
  const { type: _, step: id, ...end } = event;
  const steps = view.steps.map((step) =>
    isInside(step.id, id) && step.state === 'waiting'
      ? { ...step, state: 'not-taken' as const }
      : step,
  );
  return withStep({ ...view, steps }, id, (step) =>
    step.child === undefined ? step : { ...step, child: { ...step.child, end } },
  );
}

function isInside(step: string, parent: string): boolean {
  return step.startsWith(`${parent}/`);
}
