import type { EventOf, RecordedEvent, ShownAction } from '#events/log/event.ts';
import { tellEvent } from '#events/telling/event.ts';
import { onePrefix } from '#events/telling/inside.ts';
import { plainText } from '#events/telling/say.ts';
import type { RunView } from '#events/view/run-view.ts';
import { isSameAction } from '#events/wording/action-surroundings.ts';
import { endWord } from '#events/wording/end-word.ts';
import {
  briefValueTexts,
  itemText,
  STATE_SIGN,
  titleOf,
  toldValues,
} from '#events/wording/phrases.ts';
import { isCarriedOut } from '#runbook/model/step-error.ts';
import { counted } from '#text/count.ts';
import { formatDuration } from '#text/duration.ts';
import { awaitedLines, gateLines, openLines } from './asked.ts';
import { type PlainLine, spoken, styled, timed, under } from './line.ts';
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

/** Returns an event as lines: what the operator sees at work in full, all else as it is told. */
export function plainLines(record: RecordedEvent, context: PlainContext): readonly PlainLine[] {
  const { event, at } = record;
  const { view, columns, shown } = context;
  switch (event.type) {
    case 'run.started':
      return [];
    case 'run.finished':
      return [styled(''), ...toldLines(record, view)];
    case 'run.resumed':
      return [...toldLines(record, view), ...openLines(view, columns)];
    case 'step.entered':
      return enteredLines(event, view, at);
    case 'step.started':
      return startedLines(event, view, shown, at);
    case 'step.finished':
      return endedLines(event, view, at, columns);
    case 'item.entered':
      return [timed(at, `${STATE_SIGN.current} ${itemText(event.item)}`)];
    case 'gate.opened':
      return gateLines(event, at, columns);
    case 'gate.answered':
      return event.automatic === true ? [] : toldLines(record, view);
    case 'operator.awaited':
      return awaitedLines(event, view, at);
    case 'operator.acted':
      // The step itself shows what a plain Enter starts.
      return event.intent.type === 'continue' ? [] : toldLines(record, view);
    case 'adhoc.entered':
      return [styled(''), ...toldLines(record, view)];
    case 'branch.taken':
      return branchLines(event, view, at);
    default:
      return toldLines(withoutSaid(record, view), view);
  }
}

/** Returns the words of an event; a record has the rest. */
function toldLines(record: RecordedEvent, view: RunView): readonly PlainLine[] {
  const told = tellEvent(record, { view });
  if (told === undefined) return [];
  const { said, below = [], blocks = [], tone } = told;
  const texts = blocks.filter((block) => typeof block === 'string');
  return [
    ...spoken(record.at, plainText(said), tone),
    ...under([...below.map(plainText), ...texts], tone),
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
      `${plainText(onePrefix(event, view))}${PART[event.part]}${attempt} on ${event.action.where}${by}`,
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
  const which = plainText(onePrefix(event, view));
  if (event.status === 'succeeded') return [timed(at, `${which}done in ${took}`, 'dim'), ...data];
  const step = view.steps.find(({ id }) => id === event.step);
  const isChange = MAKES.has(event.part) && step?.effect !== 'read';
  return [
    timed(at, `${which}${endWord(event, isChange)} after ${took}`, 'bad'),
    ...(event.error === undefined ? [] : under(errorTexts(event.error), 'bad')),
    ...data,
  ];
}

/** The parts of a step that change something. */
const MAKES: ReadonlySet<string> = new Set(['action', 'undo']);

function rowsRead({ result }: EventOf<'step.finished'>): string {
  const count = result?.row_count;
  return typeof count === 'number' ? counted(count, 'row') : 'rows unknown';
}

/** Leaves out the error of a step that was already printed with its execution. */
function withoutSaid(record: RecordedEvent, view: RunView): RecordedEvent {
  const { event } = record;
  if (event.type !== 'step.settled' || event.error === undefined) return record;
  const { error, ...rest } = event;
  // The check's error is not yet the verdict on the step.
  if (isCarriedOut(error)) return record;
  const executions = view.steps.find(({ id }) => id === event.step)?.executions ?? [];
  const isSaid = executions.some((execution) => execution.error?.message === error.message);
  return isSaid ? { ...record, event: rest } : record;
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
