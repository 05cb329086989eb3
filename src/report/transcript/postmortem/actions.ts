import type { ShownAction } from '#events/log/event.ts';
import type { ChangeView } from '#events/view/run-view.ts';
import { changeRowsText } from '#events/wording/change-text.ts';
import { itemText } from '#events/wording/phrases.ts';
import { counted } from '#text/count.ts';
import { formatDuration } from '#text/duration.ts';
import { rowsTable } from '../../markdown/table.ts';
import { code, fence, folded, text } from '../../markdown/text.ts';
import { type ActionTaken, gateOf } from '../actions.ts';
import { actionTitle, stateOf } from '../blocks/changes.ts';
import { answerText, unansweredText } from '../blocks/gate.ts';
import { actionBlocks, failure } from '../blocks/result.ts';
import type { TranscriptRun } from '../run.ts';

/** The number of lines above which a statement is folded. */
const OPEN_LINES = 20;
/** The number of pinned rows above which they are folded. */
const OPEN_ROWS = 3;

/** Returns the actions of a run with statement, rows, time and operator, and those by hand. */
export function actionSection(run: TranscriptRun): readonly string[] {
  const byHand = (run.view.changes ?? []).filter(({ state }) => state === 'by-hand');
  const all = [
    ...run.actions.map((action) => ({ at: timeOf(action), blocks: actionText(action, run) })),
    ...byHand.map((change) => ({ at: change.at, blocks: [handText(change, run)] })),
  ].toSorted((a, b) => a.at.localeCompare(b.at));
  if (all.length === 0) return ['Nothing was changed.'];
  return all.flatMap(({ blocks }) => blocks);
}

function timeOf({ started, gates }: ActionTaken): string {
  return started?.at ?? gates.at(-1)?.opened.at ?? '';
}

function actionText(action: ActionTaken, run: TranscriptRun): readonly string[] {
  const { started } = action;
  const gate = gateOf(action);
  const ran = started?.event.action ?? gate?.opened.event.action;
  const item = started?.event.item ?? gate?.opened.event.item;
  const which = item === undefined ? '' : ` (${itemText(item)})`;
  const title = `${actionTitle(action, run.view)}${which}`;
  const rows = rowsLine(action, run);
  const pinned = gate?.opened.event.preview;
  return [
    `### Action ${action.number}: ${text(title)} (${text(stateOf(action))})`,
    [
      ...(rows === undefined ? [] : [`- Done: ${rows}`]),
      ...whenLines(action, run),
      ...(ran === undefined ? [] : [`- Where: ${text(ran.where)}`]),
    ].join('\n'),
    ...(ran === undefined ? [] : statement(ran, pinned !== undefined)),
    ...(pinned === undefined || pinned.rows.length === 0
      ? []
      : [pinnedRows(pinned.columns, pinned.rows)]),
  ];
}

/** Returns when the action ran and ended, and who confirmed or declined it. */
function whenLines(action: ActionTaken, { times }: TranscriptRun) {
  const { started, finished } = action;
  const gate = gateOf(action);
  const answer = gate?.answers.at(-1);
  const asked =
    answer === undefined
      ? gate === undefined
        ? 'No confirmation was asked for'
        : unansweredText(gate.opened.event)
      : `${times.at(answer.at)} · ${answerText(answer.event, { brief: true })}`;
  const error = finished?.event.error;
  const took = finished === undefined ? '' : `, for ${formatDuration(finished.event.ms)}`;
  const failed = error === undefined ? '' : `: ${failure(error)}`;
  return [
    `- ${asked}`,
    ...(started === undefined ? [] : [`- ${times.at(started.at)} · ran${took}${failed}`]),
  ];
}

function rowsLine({ started, step }: ActionTaken, { view }: TranscriptRun): string | undefined {
  const at = started?.at;
  const change = view.changes?.find((one) => one.step === step && one.at === at);
  const text = change === undefined ? undefined : changeRowsText(change);
  const { pinned, spared } = change?.rows ?? {};
  if (text === undefined || pinned === undefined || spared === undefined) return text;
  return `**${text}**${spared === 0 ? ', none spared' : ''}`;
}

/** The number of values above which those of a statement with pinned rows are left to its rows. */
const FEW_VALUES = 6;

function statement(action: ShownAction, hasRows: boolean): readonly string[] {
  const lines = action.text.trimEnd().split('\n').length;
  const shown =
    hasRows && action.kind === 'sql' && action.values.length > FEW_VALUES
      ? [fence(action.text, 'sql')]
      : actionBlocks(action);
  if (lines <= OPEN_LINES) return shown;
  return [folded(`what ran, ${counted(lines, 'line')}`, shown.join('\n\n'))];
}

function pinnedRows(columns: readonly string[], rows: Parameters<typeof rowsTable>[1]): string {
  const table = rowsTable(columns, rows);
  const isFolded = rows.length <= OPEN_ROWS || table.startsWith('<details>');
  return isFolded ? table : folded(`the ${counted(rows.length, 'row')} on the gate`, table);
}

/** The record has the times when it was shown and reported, not when it was made. */
function handText(change: ChangeView, { times }: TranscriptRun) {
  const { title, step, operator, at, shownAt, evidence } = change;
  const said = evidence === undefined ? '_evidence to be filled in_' : text(evidence);
  return [
    `### By hand: ${text(title)}`,
    [
      ...(shownAt === undefined ? [] : [`- ${times.at(shownAt)} · shown (${code(step)})`]),
      `- ${times.at(at)} · ${text(operator)} reported it done: ${said}`,
    ].join('\n'),
  ].join('\n\n');
}
