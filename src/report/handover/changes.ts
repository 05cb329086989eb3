import { isAdhoc } from '#events/log/adhoc.ts';
import type { RunView, StepView } from '#events/view/run-view.ts';
import { endWord } from '#events/wording/end-word.ts';
import { errorName, itemText, titleOf } from '#events/wording/phrases.ts';
import { failureWord } from '#events/wording/step-state.ts';

import { timeOfDay } from '#text/duration.ts';
import { type ActionTaken, gateOf } from '../transcript/actions.ts';
import type { TranscriptRun } from '../transcript/run.ts';

/** Returns the changes and undos with the person who confirmed each, and the manual actions. */
export function changesMade({ actions, records, view }: TranscriptRun): readonly string[] {
  const byHand = records.flatMap(({ at, event }) => {
    if (event.type !== 'operator.acted') return [];
    const { intent } = event;
    const isDone = intent.type === 'mark-done' || (intent.type === 'report' && intent.done);
    const evidence = isDone && intent.evidence !== '' ? `: ${intent.evidence}` : '';
    const title = titleOf(view, event.step);
    return isDone
      ? [`${timeOfDay(at)} “${title}” reported done by hand, by ${event.operator}${evidence}`]
      : [];
  });
  return [...actions.flatMap((action) => changeOf(action, titleFor(action, view))), ...byHand];
}

/** Returns the quoted title of an action; that of an ad-hoc command names no command, so its text follows. */
function titleFor({ step, gates, started }: ActionTaken, view: RunView): string {
  const title = `“${titleOf(view, step)}”`;
  const action = started?.event.action ?? gates.at(-1)?.opened.event.action;
  return isAdhoc(step) && action !== undefined ? `${title}: ${oneLine(action.text)}` : title;
}

function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*\n\s*/g, ' ');
}

function changeOf(taken: ActionTaken, title: string): readonly string[] {
  const { started, finished } = taken;
  if (started === undefined) return [];
  const { part, item, action } = started.event;
  const what = part === 'undo' ? `undo of ${title}` : title;
  const which = item === undefined ? '' : ` (${itemText(item)})`;
  const answer = gateOf(taken)?.answers.at(-1)?.event;
  const by = answer?.answer === 'confirmed' ? `, confirmed by ${answer.operator}` : '';
  return [`${timeOfDay(started.at)} ${what}${which} on ${action.where}: ${endOf(finished)}${by}`];
}

function endOf(finished: ActionTaken['finished']): string {
  if (finished === undefined) return 'outcome unknown';
  const { status, error } = finished.event;
  const end = endWord(finished.event, true);
  if (status === 'unknown') return end;
  return error === undefined ? end : `${end} (${errorName(error)})`;
}

/** Returns the points that the next operator should watch. */
export function pointsToWatch(run: TranscriptRun): readonly string[] {
  const { view, actions, records } = run;
  const hasChanged = actions.some(({ started }) => started !== undefined);
  const declined = actions.flatMap((action) => {
    const answer = action.gates.at(-1)?.answers.at(-1)?.event;
    if (answer?.answer !== 'declined') return [];
    const isBare = answer.reason === undefined || answer.reason === '';
    const why = isBare ? '' : isAdhoc(action.step) ? ` (${answer.reason})` : `: ${answer.reason}`;
    return [`declined by ${answer.operator}: ${titleFor(action, view)}${why}`];
  });
  const skipped = records.flatMap(({ event }) =>
    event.type === 'step.skipped' && event.by === 'operator'
      ? [`skipped: “${titleOf(view, event.step)}”: ${event.reason}`]
      : [],
  );
  const unchecked = view.steps.filter(
    ({ phase, kind, state }) => phase === 'verify' && kind !== 'finish' && state === 'waiting',
  );
  const undoable = (view.awaited?.undoable ?? []).map((step) => `“${titleOf(view, step)}”`);
  return [
    ...view.steps.flatMap(troubleOf),
    ...declined,
    ...skipped,
    ...view.reserved.map((target) => `${target} is reached through a reserved slot`),
    ...(hasChanged ? unchecked.map(({ title }) => `not verified yet: “${title}”`) : []),
    ...(undoable.length > 0 ? [`can be undone: ${undoable.join(', ')}`] : []),
  ];
}

/** The outcome of a change that still ran when the record ended is unknown. */
function troubleOf({ state, effect, title, error }: StepView): readonly string[] {
  const why = error === undefined ? '' : ` (${errorName(error)})`;
  if (state === 'failed') return [`${failureWord(error)}: “${title}”${why}`];
  const isLost = state === 'unknown' || (state === 'running' && effect !== 'read');
  return isLost ? [`outcome unknown: “${title}”${why}`] : [];
}
