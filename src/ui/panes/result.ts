import type { BranchView, ExecutionView, RunView, StepView } from '#events/view/run-view.ts';
import { STATE_SIGN, titleOf, toldValues, valueTexts, workedMs } from '#events/wording/phrases.ts';
import { shownState, stateWord } from '#events/wording/step-state.ts';
import { counted } from '#text/count.ts';
import { formatDuration } from '#text/duration.ts';
import { cutTo } from '#text/width.ts';
import { insideLines } from '../draw/inside.ts';
import {
  ACCENT,
  BLANK,
  BOLD,
  DIM,
  GOOD,
  type Line,
  line,
  span,
  spread,
  wrapped,
} from '../draw/line.ts';
import { executionLines, MIN_DATA } from '../draw/output-lines.ts';

/** Returns a step's finding, under its title. */
export function saidLines(step: StepView, width: number): readonly Line[] {
  const finding = step.branch?.finding;
  return [
    titleLine(step, width),
    ...(finding === undefined ? [] : wrapped(finding, width, BOLD)),
    ...(step.skippedBecause === undefined
      ? []
      : wrapped(`skipped: ${step.skippedBecause}`, width, DIM)),
    ...(step.answer === undefined ? [] : wrapped(`answer: ${step.answer}`, width)),
    ...(step.evidence === undefined ? [] : wrapped(`evidence: ${step.evidence}`, width)),
  ];
}

/**
 * Returns the source of a step's finding: its rows or the end of its output, the transition and its
 * reason. Shows as many rows as leave the rest in `room` lines.
 */
export function resultLines(
  step: StepView,
  view: RunView,
  width: number,
  room: number,
): readonly Line[] {
  const decision = step.branch === undefined ? [] : decisionLines(step.branch, view, width);
  const dataRoom = Math.max(MIN_DATA, room - decision.length - 2);
  const inside = insideLines(step, view, width, dataRoom);
  const data = inside.length > 0 ? inside : dataLines(step, width, dataRoom);
  return [
    ...(data.length === 0 ? [] : [BLANK, ...data]),
    ...(decision.length === 0 ? [] : [BLANK, ...decision]),
  ];
}

/** Returns the title of the current step, with its mark unless a list beside it has it. */
export function currentTitle({ title }: StepView, isListed: boolean): Line {
  const mark = span(`${STATE_SIGN.current} `, { ...ACCENT, bold: true });
  return [...(isListed ? [] : [mark]), span(title, BOLD)];
}

/** Returns a step's title with its state and duration. */
export function titleLine(step: StepView, width: number): Line {
  const ms = workedMs(step);
  const state = shownState(step);
  const sign = state === 'succeeded' || state === 'done-by-hand' ? GOOD : {};
  return spread(
    [span(`${STATE_SIGN[state]} `, sign), span(step.title, BOLD)],
    [span(ms === undefined ? stateWord(step) : formatDuration(ms), DIM)],
    width,
  );
}

/** Returns the result of a step's action, below the result of its last check. */
function dataLines(step: StepView, width: number, room: number): readonly Line[] {
  const action = step.executions.findLast(
    ({ part, action: { kind } }) => part === 'action' && kind !== 'connect',
  );
  const checks = step.executions.filter((execution) => execution.part === 'verify');
  const last = checks.at(-1);
  if (last === undefined) return action === undefined ? [] : executionLines(action, width, room);
  const check = [
    line(`verified by ${counted(checks.length, 'check')}`, DIM),
    ...executionLines(last, width, MIN_DATA),
  ];
  const left = room - check.length - 1;
  if (action === undefined) return check;
  if (left < MIN_DATA) return [...check, ...countLines(action)];
  return [...check, BLANK, ...executionLines(action, width, left)];
}

/** Returns the row count of an action whose result does not fit. */
function countLines(action: ExecutionView): readonly Line[] {
  const count = action.result?.row_count;
  return typeof count === 'number' ? [line(`returned ${counted(count, 'row')}`, DIM)] : [];
}

/** The length limit of a value: a condition may use a whole result, which its start identifies. */
const LONGEST_VALUE = 120;

/**
 * Returns the transition after a step, its reason and the values behind it; nothing if there was
 * nothing to decide and the next step is shown below under its own title.
 */
function decisionLines(branch: BranchView, view: RunView, width: number): readonly Line[] {
  const isNext = view.awaited?.for === 'start' && view.awaited.step === branch.goto;
  const values = valueTexts(toldValues(branch)).map((text) => cutTo(text, LONGEST_VALUE));
  const reason = reasonOf(branch);
  const said = [
    ...(isNext ? [] : [line(titleOf(view, branch.goto), ACCENT)]),
    ...(reason === undefined ? [] : wrapped(reason, width - 2, isNext ? {} : DIM)),
    ...(values.length === 0 ? [] : wrapped(values.join(' · '), width - 2, DIM)),
  ];
  return said.map((one, index) => [span(index === 0 ? '→ ' : '  ', ACCENT), ...one]);
}

/** Returns the reason for a branch, in words; nothing if it was only the next step. */
function reasonOf(branch: BranchView): string | undefined {
  switch (branch.by) {
    case 'condition':
      return `because ${branch.condition ?? ''}`;
    case 'operator':
      return `chosen by the operator${branch.reason ? `: ${branch.reason}` : ''}`;
    case 'default':
    case 'order':
      return undefined;
  }
}
