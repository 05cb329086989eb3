import type { EventOf, RecordedEvent, ShownAction } from '#events/log/event.ts';
import type { RunView } from '#events/view/run-view.ts';
import { isSameAction } from '#events/wording/action-surroundings.ts';
import { otherRunsTexts } from '#events/wording/other-runs.ts';
import {
  briefValueTexts,
  errorName,
  itemText,
  STATE_SIGN,
  titleOf,
  toldValues,
} from '#events/wording/phrases.ts';
import { leavingOutText, refreshedText } from '#events/wording/row-words.ts';
import { oldVersionNote } from '#runbook/model/engines.ts';
import { endsIncident } from '#runbook/model/outcomes.ts';
import { counted } from '#text/count.ts';
import { formatDuration, msBetween } from '#text/duration.ts';
import { clearedText, handoverText, presenceText, watchText } from '../hands.ts';
import { commandLines } from './adhoc-lines.ts';
import { actedLines, awaitedLines, gateLines, spoken } from './asked.ts';
import {
  childEndLines,
  childLines,
  itemLines,
  nameOfOne,
  sparedLines,
  undoneLine,
} from './inside.ts';
import { type PlainLine, styled, timed, under } from './line.ts';
import { actionTexts, errorTexts, resultTexts } from './result.ts';

/** The context of printing an event. */
export type PlainContext = {
  /** The run after the event. */
  readonly view: RunView;
  /** The width of tables. */
  readonly columns: number;
  /** The action that was printed last, which is not repeated. */
  readonly shown: ShownAction | undefined;
};

/** Returns an event as lines. */
export function plainLines(
  { event, at }: RecordedEvent,
  { view, columns, shown }: PlainContext,
): readonly PlainLine[] {
  switch (event.type) {
    case 'run.started':
    case 'timer.fired':
      return [];
    case 'run.resumed':
      return resumedLines(event, at);
    case 'run.paused':
      return [timed(at, `paused: ${event.reason}`, 'warn')];
    case 'run.handed-over':
      return [timed(at, handoverText(event), 'bold')];
    case 'run.watched':
      return [timed(at, watchText(event), 'dim')];
    case 'run.attended':
      return [timed(at, presenceText(event), 'dim')];
    case 'run.finished':
      return finishedLines(event, view, at);
    case 'target.connected':
      return connectedLines(event, at);
    case 'step.entered':
      return enteredLines(event, view, at);
    case 'step.started':
      return startedLines(event, view, shown, at);
    case 'rows.spared':
      return sparedLines(event, view, at);
    case 'step.finished':
      return endedLines(event, view, at, columns);
    case 'step.skipped':
      return [timed(at, `${STATE_SIGN.skipped} skipped: ${event.reason}`, 'warn')];
    case 'step.settled':
      return settledLines(event, view, at);
    case 'item.entered':
      return [timed(at, `${STATE_SIGN.current} ${itemText(event.item)}`)];
    case 'item.settled':
      return itemLines(event, at);
    case 'step.undone':
      return [undoneLine(event, view, at)];
    case 'child.started':
      return childLines(event, at);
    case 'child.finished':
      return childEndLines(event, at);
    case 'timer.armed':
      return [timed(at, `${event.for} ${event.attempt} in ${formatDuration(event.ms)}`, 'dim')];
    case 'gate.opened':
      return gateLines(event, at, columns);
    case 'gate.refreshed':
      return refreshedLines(event, at);
    case 'gate.others':
      return otherRunsTexts(event).map((text) => timed(at, text, 'warn'));
    case 'gate.answered':
      return event.automatic === true ? [] : [answeredLine(event, at)];
    case 'operator.awaited':
      return awaitedLines(event, view, at);
    case 'operator.acted':
      return actedLines(event, at);
    case 'operator.noted':
      return spoken(at, `note by ${event.operator}: ${event.text}`);
    case 'adhoc.entered':
      return commandLines(event, at);
    case 'branch.taken':
      return branchLines(event, view, at);
  }
}

function resumedLines(event: EventOf<'run.resumed'>, at: string): readonly PlainLine[] {
  return [
    timed(
      at,
      event.worker === undefined
        ? `resumed by ${event.operator} on ${event.host}`
        : `continued by worker ${event.worker.id}`,
    ),
    ...under((event.cleared ?? []).map(clearedText), 'warn'),
    ...(event.repaired === undefined ? [] : under([event.repaired], 'warn')),
    ...(event.interrupted === undefined
      ? []
      : under([`${event.interrupted.step} was running when the run ended`], 'warn')),
  ];
}

function finishedLines(
  event: EventOf<'run.finished'>,
  view: RunView,
  at: string,
): readonly PlainLine[] {
  const took = formatDuration(msBetween(view.startedAt, at));
  return [
    styled(''),
    timed(at, `${event.outcome} after ${took}`, endsIncident(event.outcome) ? 'good' : 'bad'),
    ...under([event.summary]),
  ];
}

function connectedLines(event: EventOf<'target.connected'>, at: string): readonly PlainLine[] {
  const slot = event.reserved ? ', in a reserved slot' : '';
  const { engine, version } = event.facts;
  const old = oldVersionNote(String(engine), String(version));
  return [
    timed(at, `connected to ${event.target}: ${event.description}${slot}`, 'dim'),
    ...(old === undefined ? [] : under([old], 'warn')),
  ];
}

function enteredLines(
  event: EventOf<'step.entered'>,
  view: RunView,
  at: string,
): readonly PlainLine[] {
  const step = view.steps.find(({ id }) => id === event.step);
  const visit = event.visit > 1 ? `, visit ${event.visit}` : '';
  return [
    styled(''),
    timed(at, `${STATE_SIGN.running} ${titleOf(view, event.step)} (${event.step}${visit})`, 'bold'),
    ...(step?.why === undefined ? [] : under([step.why], 'dim')),
  ];
}

const PART = {
  action: 'runs',
  preview: 'reads the preview',
  recheck: 'reads them again before acting',
  verify: 'checks',
  undo: 'undoes',
} as const;

function startedLines(
  event: EventOf<'step.started'>,
  view: RunView,
  shown: ShownAction | undefined,
  at: string,
): readonly PlainLine[] {
  const attempt = event.attempt > 1 ? ` (${event.attempt})` : '';
  const { digest, confirmed } = event;
  const narrowed =
    confirmed === undefined || event.together === true ? '' : `, ${digest} without the spared rows`;
  const asked = confirmed ?? digest;
  const by =
    asked === undefined
      ? ''
      : `, confirmed as ${asked}${event.together === true ? ' with other items' : ''}${narrowed}`;
  return [
    timed(
      at,
      `${nameOfOne(event, view)}${PART[event.part]}${attempt} on ${event.action.where}${by}`,
      'dim',
    ),
    ...(isSameAction(event.action, shown) ? [] : under(actionTexts(event.action))),
  ];
}

/** Returns the action that an event shows, if any. */
export function actionShown({ event }: RecordedEvent): ShownAction | undefined {
  return 'action' in event ? event.action : undefined;
}

function endedLines(
  event: EventOf<'step.finished'>,
  view: RunView,
  at: string,
  columns: number,
): readonly PlainLine[] {
  const took = formatDuration(event.ms);
  // The gate shows the rows of its preview.
  const isOfRows = event.part === 'preview' || event.part === 'recheck';
  if (isOfRows && event.status === 'succeeded') {
    return [timed(at, `done in ${took}, ${rowsRead(event)}`, 'dim')];
  }
  const data = under(resultTexts(event, columns - 9));
  const which = nameOfOne(event, view);
  if (event.status === 'succeeded') return [timed(at, `${which}done in ${took}`, 'dim'), ...data];
  const word = event.status === 'failed' ? 'failed' : 'outcome unknown';
  return [
    timed(at, `${which}${word} after ${took}`, 'bad'),
    ...(event.error === undefined ? [] : under(errorTexts(event.error), 'bad')),
    ...data,
  ];
}

function rowsRead({ result }: EventOf<'step.finished'>): string {
  const count = result?.row_count;
  return typeof count === 'number' ? counted(count, 'row') : 'rows unknown';
}

function settledLines(
  event: EventOf<'step.settled'>,
  view: RunView,
  at: string,
): readonly PlainLine[] {
  if (event.status === 'succeeded') return [];
  if (event.status === 'done-by-hand') {
    return [timed(at, `${STATE_SIGN['done-by-hand']} done by hand`, 'good')];
  }
  if (event.status === 'simulated')
    return [timed(at, `${STATE_SIGN.simulated} simulated: nothing was run`, 'warn')];
  const { error } = event;
  const why = error === undefined ? '' : `: ${errorName(error)}`;
  return [
    timed(at, `${STATE_SIGN.failed} ${nameOfOne(event, view)}the step failed${why}`, 'bad'),
    ...(error === undefined || isSaid(event, view) ? [] : under(errorTexts(error), 'bad')),
  ];
}

/** Tells whether the error was already printed with its execution. */
function isSaid({ step, error }: EventOf<'step.settled'>, view: RunView): boolean {
  const executions = view.steps.find(({ id }) => id === step)?.executions ?? [];
  return executions.some((execution) => execution.error?.message === error?.message);
}

function refreshedLines(event: EventOf<'gate.refreshed'>, at: string): readonly PlainLine[] {
  const text = refreshedText(event);
  return text === undefined ? [] : [timed(at, text, 'warn')];
}

function answeredLine(event: EventOf<'gate.answered'>, at: string): PlainLine {
  const reason = event.reason === undefined || event.reason === '' ? '' : `: ${event.reason}`;
  const age = event.previewAgeMs;
  const rows = age === undefined ? '' : `, rows read ${formatDuration(age)} before`;
  switch (event.answer) {
    case 'confirmed':
      return timed(at, `confirmed by ${event.operator}${rows}`, 'good');
    case 'declined':
      return timed(at, `declined by ${event.operator}${reason}`, 'warn');
    case 'left-out':
      return timed(at, `${event.operator} ${leavingOutText({ rows: [], ...event })}`, 'dim');
    case 'refresh':
      return timed(at, `${event.operator} refreshed the preview`, 'dim');
    case 'refused':
      return timed(at, `not confirmed${reason}`, 'warn');
    case 'simulated':
      return timed(at, `${event.operator} continued: dry run, nothing is run`, 'dim');
  }
}

function branchLines(
  event: EventOf<'branch.taken'>,
  view: RunView,
  at: string,
): readonly PlainLine[] {
  const values = briefValueTexts(toldValues(event)).join(', ');
  const because = event.condition === undefined ? '' : ` because ${event.condition}`;
  const byHand = event.by === 'operator' ? ` chosen by the operator: ${event.reason ?? ''}` : '';
  const others = event.notTaken.length;
  return [
    ...(event.finding === undefined ? [] : [timed(at, `found: ${event.finding}`, 'bold')]),
    timed(at, `→ ${titleOf(view, event.goto)}${because}${byHand}`),
    ...(values === '' ? [] : under([values], 'dim')),
    ...(others === 0
      ? []
      : under([`${counted(others, 'other branch', 'other branches')} not taken`], 'dim')),
  ];
}
