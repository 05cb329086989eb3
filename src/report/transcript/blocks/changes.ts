import type { EventOf } from '#events/log/event.ts';
import { type Block, heading, type Item, list } from '#events/telling/block.ts';
import { itemPrefix } from '#events/telling/inside.ts';
import { actionBlocks, checkText, endOf, failure, resultBlocks } from '#events/telling/result.ts';
import { code, type Said, say, strong } from '#events/telling/say.ts';
import type { RunView } from '#events/view/run-view.ts';
import { changeRowsText } from '#events/wording/change-text.ts';
import { endWord } from '#events/wording/end-word.ts';
import { titleOf } from '#events/wording/phrases.ts';
import { failureWord } from '#events/wording/step-state.ts';
import { isCarriedOut } from '#runbook/model/step-error.ts';

import { counted } from '#text/count.ts';
import { formatDuration, msBetween } from '#text/duration.ts';
import { type ActionTaken, type GateRecord, gateOf } from '../actions.ts';
import { eventsOf } from '../events.ts';
import type { TranscriptRun } from '../run.ts';
import { gateBlocks } from './gate.ts';

/** Returns the section on changes: gates, answers, executions, checks, and manual actions. */
export function changesSection(run: TranscriptRun): readonly Block[] {
  const byHand = byHandItems(run);
  const nothing = run.actions.length === 0 && byHand.length === 0;
  return [
    heading(2, 'Actions'),
    ...(nothing ? ['Nothing was changed, and no change was proposed.'] : []),
    ...run.actions.flatMap((action) => actionBlocksOf(action, run)),
    ...(byHand.length > 0 ? [heading(3, 'By hand'), list(byHand)] : []),
  ];
}

function actionBlocksOf(action: ActionTaken, run: TranscriptRun): readonly Block[] {
  return [
    heading(3, say`Action ${action.number}: ${actionTitle(action, run.view)} (${stateOf(action)})`),
    ...action.gates.flatMap((gate, index) =>
      gateBlocks(gate, run.times, action.gates[index - 1]?.opened.event),
    ),
    ...executionBlocks(action, run),
    ...verificationBlocks(action, run),
  ];
}

/** Returns the title of an action: its step, or the undo of it. */
export function actionTitle({ step, gates, started }: ActionTaken, view: RunView): string {
  const part = started?.event.part ?? gates.at(-1)?.opened.event.part;
  return part === 'undo' ? `Undo of ${titleOf(view, step)}` : titleOf(view, step);
}

/** Returns what an action did to its rows, in a few words, if it counts any. */
export function doneBy(
  { step, started }: ActionTaken,
  { view }: TranscriptRun,
): { readonly done: string | undefined } {
  const change = view.changes?.find((one) => one.step === step && one.at === started?.at);
  return { done: change && changeRowsText(change) };
}

/** Returns the status of an action, in a word or two. */
export function stateOf({ gates, started, finished, settled }: ActionTaken): string {
  // A declined step is settled as failed for the sake of `next`; it has not failed.
  if (settled?.event.error?.kind === 'declined') return 'declined';
  const isSettledAsFailed = settled === undefined || settled.event.status === 'failed';
  const ended = finished && endWord(finished.event, true);
  if (isSettledAsFailed && ended === 'not sent') return ended;
  if (settled?.event.status === 'failed') return failureWord(settled.event.error);
  if (settled !== undefined) return settled.event.status.replaceAll('-', ' ');
  if (ended !== undefined) return ended;
  if (started !== undefined) return 'outcome unknown';
  return gates.at(-1)?.answers.at(-1)?.event.answer === 'declined' ? 'declined' : 'not run';
}

function executionBlocks(taken: ActionTaken, run: TranscriptRun): readonly Block[] {
  const { started, finished } = taken;
  const { times, options } = run;
  if (started === undefined) return [];
  const ran = say`${times.at(started.at)} · ${ranText(started.event)}`;
  const shown = executedBlocks(started.event, gateOf(taken));
  if (finished === undefined)
    return [say`${ran}; its end was ${strong('not recorded')}.`, ...shown];
  return [
    say`${ran}, for ${formatDuration(finished.event.ms)}: ${endOf(finished.event, doneBy(taken, run))}`,
    ...shown,
    ...resultBlocks(finished.event, options.outputs),
  ];
}

function ranText({ digest, item, confirmed, together }: EventOf<'step.started'>): Said {
  const ran = digest === undefined ? say`ran` : say`ran as ${code(digest)}`;
  if (together !== true || confirmed === undefined) return ran;
  return say`${itemPrefix(item)}${ran}, confirmed with other items as ${code(confirmed)}`;
}

/** Returns the executed action unless the gate showed exactly this one. */
function executedBlocks(
  { action, together, digest }: EventOf<'step.started'>,
  gate: GateRecord | undefined,
): readonly Block[] {
  if (gate === undefined) return actionBlocks(action);
  const { action: atGate, digest: asked } = gate.opened.event;
  // The gate says more of a place than its name; the digest says that it was the same.
  const { where, cwd } = digest === asked ? action : atGate;
  const shown = { ...atGate, where, ...(cwd === undefined ? {} : { cwd }) };
  if (together === true && shown.text.includes(action.text.trim())) return actionBlocks(action);
  if (JSON.stringify(shown) === JSON.stringify(action)) return [];
  return [[strong('This is not what the gate showed:')], ...actionBlocks(action)];
}

function verificationBlocks(
  { started, checks, settled }: ActionTaken,
  { times }: TranscriptRun,
): readonly Block[] {
  const [first] = checks;
  const last = checks.at(-1);
  const failed = settled?.event.error;
  const isToldBefore = failed === undefined || failed.kind === 'declined';
  const verdict = isToldBefore
    ? []
    : [say`${isCarriedOut(failed) ? 'Not verified' : 'Failed'}: ${failure(failed)}`];
  if (first === undefined || last === undefined) return verdict;
  const within = formatDuration(msBetween(started?.at ?? first.at, last.at));
  const line = (check: typeof first) => say`${times.at(check.at)} · ${checkText(check.event)}`;
  const isOne = checks.length === 1;
  const verified = settled?.event.status === 'succeeded' ? 'Verified' : 'Checked';
  return [
    `${verified} by ${counted(checks.length, 'check')}, ${isOne ? '' : 'the last one '}${within} after the start:`,
    list(isOne ? [line(first)] : [say`first ${line(first)}`, say`last ${line(last)}`]),
    ...verdict,
  ];
}

function byHandItems({ records, view, times }: TranscriptRun): readonly Item[] {
  const entries = eventsOf(records, 'step.entered');
  return eventsOf(records, 'operator.acted').flatMap(({ seq, at, event }) => {
    const { intent } = event;
    const done = intent.type === 'mark-done' || (intent.type === 'report' && intent.done);
    if (!done) return [];
    const title = titleOf(view, event.step);
    const evidence = intent.evidence.trim() === '' ? 'no evidence given' : intent.evidence;
    const shown = entries.findLast((entry) => entry.event.step === event.step && entry.seq < seq);
    const since = shown === undefined ? '' : `, shown at ${times.plain(shown.at)}`;
    const said = say`${event.operator} reported “${title}” done${since}: ${evidence}`;
    return [{ at: times.at(at), said }];
  });
}
