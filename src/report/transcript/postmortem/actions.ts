import type { PinnedRows, ShownAction } from '#events/log/parts.ts';
import { answerText } from '#events/telling/answer.ts';
import { type Block, fold, heading, type Item, isElement, list } from '#events/telling/block.ts';
import { aroundTexts, previewBlocks } from '#events/telling/gate.ts';
import { actionBlocks, failure } from '#events/telling/result.ts';
import { blank, code, type Part, say, strong } from '#events/telling/say.ts';
import type { ChangeView } from '#events/view/run-view.ts';
import { changeRowsText } from '#events/wording/change-text.ts';
import { itemText } from '#events/wording/phrases.ts';
import { counted } from '#text/count.ts';
import { formatDuration } from '#text/duration.ts';
import { type ActionTaken, gateOf } from '../actions.ts';
import { actionTitle, stateOf } from '../blocks/changes.ts';
import { unansweredText } from '../blocks/gate.ts';
import type { TranscriptRun } from '../run.ts';

/** The number of lines above which a statement is folded. */
const OPEN_LINES = 20;
/** The number of pinned rows above which they are folded. */
const OPEN_ROWS = 3;

/** Returns the actions of a run with statement, rows, time and operator, and those by hand. */
export function actionSection(run: TranscriptRun): readonly Block[] {
  const byHand = (run.view.changes ?? []).filter(({ state }) => state === 'by-hand');
  const all = [
    ...run.actions.map((action) => ({ at: timeOf(action), blocks: blocksOf(action, run) })),
    ...byHand.map((change) => ({ at: change.at, blocks: handBlocks(change, run) })),
  ].toSorted((a, b) => a.at.localeCompare(b.at));
  if (all.length === 0) return ['Nothing was changed.'];
  return all.flatMap(({ blocks }) => blocks);
}

function timeOf({ started, gates }: ActionTaken): string {
  return started?.at ?? gates.at(-1)?.opened.at ?? '';
}

function blocksOf(action: ActionTaken, run: TranscriptRun): readonly Block[] {
  const { started } = action;
  const gate = gateOf(action);
  const ran = started?.event.action ?? gate?.opened.event.action;
  const item = started?.event.item ?? gate?.opened.event.item;
  const which = item === undefined ? '' : ` (${itemText(item)})`;
  const title = `${actionTitle(action, run.view)}${which}`;
  const rows = rowsLine(action, run);
  const pinned = gate?.opened.event.preview;
  return [
    heading(3, `Action ${action.number}: ${title} (${stateOf(action)})`),
    list([
      ...(rows === undefined ? [] : [say`Done: ${rows}`]),
      ...whenItems(action, run),
      ...(ran === undefined ? [] : [`Where: ${ran.where}`]),
    ]),
    ...(ran === undefined ? [] : statement(ran, pinned)),
    ...(ran === undefined || pinned === undefined ? [] : pinnedRows(ran, pinned)),
  ];
}

/** Returns when the action ran and ended, and who confirmed or declined it. */
function whenItems(action: ActionTaken, { times }: TranscriptRun): readonly (Part | Item)[] {
  const { started, finished } = action;
  const gate = gateOf(action);
  const answer = gate?.answers.at(-1);
  const asked =
    answer === undefined
      ? gate === undefined
        ? 'No confirmation was asked for'
        : unansweredText(gate.opened.event)
      : { at: times.at(answer.at), said: answerText(answer.event, { brief: true }) };
  const error = finished?.event.error;
  const took = finished === undefined ? '' : `, for ${formatDuration(finished.event.ms)}`;
  const failed = error === undefined ? '' : say`: ${failure(error)}`;
  return [
    asked,
    ...(started === undefined
      ? []
      : [{ at: times.at(started.at), said: say`ran${took}${failed}` }]),
  ];
}

function rowsLine({ started, step }: ActionTaken, { view }: TranscriptRun): Part | undefined {
  const at = started?.at;
  const change = view.changes?.find((one) => one.step === step && one.at === at);
  const text = change === undefined ? undefined : changeRowsText(change);
  const { pinned, spared } = change?.rows ?? {};
  if (text === undefined || pinned === undefined || spared === undefined) return text;
  return say`${strong(text)}${spared === 0 ? ', none spared' : ''}`;
}

function statement(action: ShownAction, pinned: PinnedRows | undefined): readonly Block[] {
  const lines = action.text.trimEnd().split('\n').length;
  const shown = actionBlocks(action, aroundTexts(action, pinned));
  if (lines <= OPEN_LINES) return shown;
  return [fold(`what ran, ${counted(lines, 'line')}`, shown)];
}

function pinnedRows(action: ShownAction, pinned: PinnedRows): readonly Block[] {
  const { rows } = pinned;
  const shown = previewBlocks(action, pinned);
  const isFolded = rows.length <= OPEN_ROWS || shown.some((block) => isElement(block, 'fold'));
  return isFolded ? shown : [fold(`the ${counted(rows.length, 'row')} on the gate`, shown)];
}

/** The record has the times when it was shown and reported, not when it was made. */
function handBlocks(change: ChangeView, { times }: TranscriptRun): readonly Block[] {
  const { title, step, operator, at, shownAt, evidence } = change;
  const said = evidence === undefined ? blank('evidence to be filled in') : evidence;
  return [
    heading(3, `By hand: ${title}`),
    list([
      ...(shownAt === undefined
        ? []
        : [{ at: times.at(shownAt), said: say`shown (${code(step)})` }]),
      { at: times.at(at), said: say`${operator} reported it done: ${said}` },
    ]),
  ];
}
