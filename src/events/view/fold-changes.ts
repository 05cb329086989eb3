import { wasNotSent } from '#runbook/model/step-error.ts';
import type { EventOf, RunEvent, ShownItem } from '../log/event.ts';
import { titleOf } from '../wording/phrases.ts';
import { rowsAfter, rowsBefore } from './change-rows.ts';
import { stepOf } from './place-in-run.ts';
import type { ChangeView, RunView } from './run-view.ts';

/**
 * Returns a view with the changes of an event; `before` is the view without the event. Changes are
 * kept apart from the steps, which forget earlier visits.
 */
export function withChanges(before: RunView, after: RunView, event: RunEvent, at: string): RunView {
  const changes = changed(before, event, at);
  const undoing = undoingAfter(before, event, at);
  return {
    ...after,
    ...(changes === undefined ? {} : { changes }),
    ...(undoing === undefined ? {} : { undoing }),
  };
}

function undoingAfter(view: RunView, event: RunEvent, at: string): RunView['undoing'] {
  if (event.type !== 'operator.acted' || event.intent.type !== 'undo') return view.undoing;
  const { step, reason } = event.intent;
  return { step, reason, operator: event.operator, at };
}

function changed(view: RunView, event: RunEvent, at: string): RunView['changes'] {
  const { changes = [] } = view;
  switch (event.type) {
    case 'step.started': {
      const { step, part, effect, action, item } = event;
      if (effect === 'read' || part !== 'action') return view.changes;
      const which = item === undefined ? {} : { item };
      const rows = rowsBefore(view, event);
      const known = rows === undefined ? which : { ...which, rows };
      return [...changes, { ...begun(view, step, changedBy(view, step), at), action, ...known }];
    }
    case 'step.finished':
      return afterEnd(view, event);
    case 'step.settled':
    case 'item.settled':
      return event.status === 'succeeded' ? afterSuccess(view, event) : view.changes;
    case 'step.undone':
      return lastOf(view, event.step, event.item, (change) => ({ ...change, undo: 'done' }));
    case 'operator.acted':
      return isDoneByHand(view, event) ? [...changes, byHand(view, event, at)] : view.changes;
    case 'run.resumed':
      return afterCrash(view, event);
    default:
      return view.changes;
  }
}

function afterEnd(view: RunView, event: EventOf<'step.finished'>): RunView['changes'] {
  const { step, part, item, status } = event;
  if (part === 'action') return eachRunning(view, event);
  if (part !== 'undo' || status === 'succeeded') return view.changes;
  const undo = wasNotSent(event.error) ? 'not-sent' : status;
  return lastOf(view, step, item, (change) => ({ ...change, undo }));
}

/** The end of a lost change stays unseen, though its check or a person took it as done. */
function afterSuccess(
  { changes = [] }: RunView,
  { step, item }: { readonly step: string; readonly item?: ShownItem },
): RunView['changes'] {
  const at = changes.findLastIndex(
    (change) => change.step === step && change.item?.index === item?.index,
  );
  const change = changes[at];
  return change?.state === 'unknown' ? changes.with(at, { ...change, takenAsDone: true }) : changes;
}

/** In a team, the person who confirms is not the one who started the run. */
function changedBy({ confirmed, operator }: RunView, step: string): string {
  return confirmed?.step === step ? confirmed.operator : operator;
}

/** Returns whether a person did a change by hand; reads do not count. */
function isDoneByHand(view: RunView, { intent, step }: EventOf<'operator.acted'>): boolean {
  const known = stepOf(view, step);
  return (
    (intent.type === 'mark-done' && known?.effect !== 'read') ||
    (intent.type === 'report' && intent.done && known?.phase === 'fix')
  );
}

function begun(view: RunView, step: string, operator: string, at: string): ChangeView {
  return { step, title: titleOf(view, step), operator, at, state: 'running' };
}

function byHand(view: RunView, event: EventOf<'operator.acted'>, at: string): ChangeView {
  const { intent, step, operator } = event;
  const evidence = 'evidence' in intent ? intent.evidence.trim() : '';
  const shownAt = stepOf(view, step)?.enteredAt;
  return {
    ...begun(view, step, operator, at),
    state: 'by-hand',
    ...(shownAt === undefined ? {} : { shownAt }),
    ...(evidence === '' ? {} : { evidence }),
  };
}

function ended(change: ChangeView, state: ChangeView['state']): ChangeView {
  return change.state === 'running' ? { ...change, state } : change;
}

function eachRunning(view: RunView, event: EventOf<'step.finished'>): RunView['changes'] {
  const isMeant = isOf(event.step, event.item);
  return view.changes?.map((change) => {
    if (!isMeant(change) || change.state !== 'running') return change;
    if (wasNotSent(event.error)) return { ...change, state: 'not-sent' };
    const rows = rowsAfter(change.rows, event);
    return { ...change, state: event.status, ...(rows === undefined ? {} : { rows }) };
  });
}

/** The outcome of an interrupted change or undo is unknown. */
function afterCrash(view: RunView, { interrupted }: EventOf<'run.resumed'>): RunView['changes'] {
  const changes = view.changes?.map((change) => ended(change, 'unknown'));
  if (interrupted?.part !== 'undo') return changes;
  return lastOf(
    { ...view, ...(changes && { changes }) },
    interrupted.step,
    undefined,
    (change) => ({
      ...change,
      undo: 'unknown',
    }),
  );
}

/** Only changes of a step's last visit can be undone. */
function lastOf(
  { changes = [] }: RunView,
  step: string,
  item: ShownItem | undefined,
  become: (change: ChangeView) => ChangeView,
): RunView['changes'] {
  const isMeant = isOf(step, item);
  const at = changes.findLastIndex(
    (change) => isMeant(change) && hasRun(change) && change.undo !== 'done',
  );
  const change = changes[at];
  return change === undefined ? changes : changes.with(at, become(change));
}

function hasRun({ state }: ChangeView): boolean {
  return state !== 'failed' && state !== 'not-sent';
}

/** Returns a test for the changes of a step, or of one of its items. */
function isOf(step: string, item: ShownItem | undefined) {
  return (change: ChangeView): boolean =>
    change.step === step && (item === undefined || change.item?.index === item.index);
}
