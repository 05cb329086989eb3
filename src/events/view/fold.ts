import { isOfAdhoc } from '../log/adhoc.ts';
import type { EventOf, RecordedEvent } from '../log/event.ts';
import { withoutNews } from './adhoc-news.ts';
import { foldAdhoc } from './fold-adhoc.ts';
import { withChanges } from './fold-changes.ts';
import {
  acted,
  alerted,
  awaited,
  connected,
  finished,
  gateAnswered,
  gateOpened,
  gateOthers,
  gateRefreshed,
  handedOver,
  moving,
  noted,
  paused,
  placesOf,
  resumed,
  started,
  timerArmed,
  timerOver,
  withoutClosed,
} from './fold-run.ts';
import {
  branched,
  entered,
  executionEnded,
  executionStarted,
  rowsSpared,
  settled,
  skipped,
  undone,
  withStep,
} from './fold-step.ts';
import { confirmationAfter } from './given-confirmation.ts';
import { begins } from './opening.ts';
import type { ItemView, RunView } from './run-view.ts';

/**
 * Returns the view after one more event. Pure: the given view is unchanged, and the same events
 * yield the same view. Throws if the first event is not `run.started`.
 */
export function foldEvent(view: RunView | undefined, recorded: RecordedEvent): RunView {
  const { event, at, seq } = recorded;
  if (event.type === 'run.started') return { ...started(event, at), seq };
  if (view === undefined) throw new Error('a run begins with run.started');
  const moved = begins(event)
    ? { ...next(view, recorded), begun: true as const }
    : next(view, recorded);
  const { confirmed: before, ...after } = withChanges(view, moved, event, at);
  const confirmed = confirmationAfter(before, event, view.gate);
  return { ...after, seq, changedAt: at, ...(confirmed === undefined ? {} : { confirmed }) };
}

/** Returns the view after all events, or `undefined` if there are none. */
export function foldEvents(events: Iterable<RecordedEvent>): RunView | undefined {
  let view: RunView | undefined;
  for (const recorded of events) view = foldEvent(view, recorded);
  return view;
}

function next(view: RunView, recorded: RecordedEvent): RunView {
  const { event, at, seq } = recorded;
  if (isOfAdhoc(event)) return foldAdhoc(view, recorded);
  switch (event.type) {
    case 'run.started':
      return view;
    case 'run.resumed':
      return resumed(view, event, at);
    case 'run.paused':
      return paused(view, event);
    case 'run.handed-over':
      return handedOver(view, event, at);
    case 'run.watched':
      return view;
    case 'run.alerted':
      return alerted(view, event, at);
    case 'run.attended':
      return { ...view, attended: event.attended };
    case 'run.finished':
      return finished(view, event, at);
    case 'target.connected':
      return connected(view, event, seq);
    case 'step.entered':
      return entered(withoutNews(withoutClosed(moving(view))), event, at);
    case 'step.started':
      return executionStarted(withoutNews(moving(view)), event, at, view.gate);
    case 'rows.spared':
      return rowsSpared(view, event);
    case 'step.finished':
      return executionEnded(timerOver(view, event.step), event, at);
    case 'step.skipped':
      return skipped(moving(view), event, at);
    case 'step.settled':
      return settled(moving(view), event, at);
    case 'timer.armed':
      return timerArmed(view, event, at);
    case 'timer.fired':
      return timerOver(view, event.step);
    case 'item.entered':
      return itemEntered(moving(view), event);
    case 'item.settled':
      return itemSettled(moving(view), event);
    case 'step.undone':
      return undone(moving(view), event, at);
    case 'child.started':
      return childStarted(moving(view), event);
    case 'child.finished':
      return childFinished(moving(view), event);
    case 'gate.opened':
      return gateOpened(view, event, at, seq);
    case 'gate.answered':
      return gateAnswered(view, event);
    case 'gate.refreshed':
      return gateRefreshed(view, event, at);
    case 'gate.others':
      return gateOthers(view, event);
    case 'operator.awaited':
      return awaited(view, event, at, seq);
    case 'operator.acted':
      return acted(view, event);
    case 'operator.noted':
      return noted(view, event, at);
    case 'adhoc.entered':
      return view;
    case 'branch.taken':
      return branched(moving(view), event, at);
  }
}

/** Returns the view after a repeated step started an item. */
function itemEntered(view: RunView, { step, item }: EventOf<'item.entered'>): RunView {
  return withItem(view, step, { ...item, state: 'running' });
}

/** Returns the view after an item of a repeated step ended. */
function itemSettled(view: RunView, event: EventOf<'item.settled'>): RunView {
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
function childStarted(view: RunView, event: EventOf<'child.started'>): RunView {
  const { type: _, step: id, ...child } = event;
  const steps = view.steps.map((step) =>
    isInside(step.id, id) ? { ...step, state: 'waiting' as const, executions: [] } : step,
  );
  const places = { ...view.places, ...placesOf(child.targets, `${id}/`) };
  return withStep({ ...view, steps, places }, id, (step) => ({ ...step, state: 'running', child }));
}

/** Returns the view after the runbook of a step ended. */
function childFinished(view: RunView, event: EventOf<'child.finished'>): RunView {
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
