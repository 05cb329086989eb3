import { stepsInside } from '#events/view/place-in-run.ts';
import type { ItemView, RunView, StepView } from '#events/view/run-view.ts';
import { errorName, itemText, STATE_SIGN, STATE_WORD, workedMs } from '#events/wording/phrases.ts';
import { counted } from '#text/count.ts';
import { formatDuration } from '#text/duration.ts';
import { cutTo } from '#text/width.ts';
import {
  BAD,
  BOLD,
  DIM,
  GOOD,
  type Line,
  line,
  type Style,
  span,
  spread,
  wrapped,
} from './line.ts';
import { lastError, lastLine } from './output-lines.ts';

/** Returns the results of the steps or items inside a step. Empty for other steps. */
export function insideLines(
  step: StepView,
  view: RunView,
  width: number,
  room: number,
): readonly Line[] {
  if (step.kind === 'parallel')
    return stepsInside(view, step.id).flatMap((branch) => branchLines(branch, width));
  if (step.child?.end !== undefined) return childLines(step.child, width);
  return step.items === undefined ? [] : itemLines(step.items, width, room);
}

/** Returns the state and the last output line of a step that runs beside others. */
function branchLines(step: StepView, width: number): readonly Line[] {
  const ms = workedMs(step);
  const said =
    step.error === undefined ? [lastLine(step)] : [errorName(step.error), lastError(step)];
  return [
    spread(
      [span(`${STATE_SIGN[step.state]} `, styleOf(step.state)), span(step.title)],
      [span(ms === undefined ? STATE_WORD[step.state] : formatDuration(ms), DIM)],
      width,
    ),
    ...said.flatMap((text) => (text === undefined ? [] : [line(cutTo(`  ${text}`, width))])),
  ];
}

function childLines({ end, runbook }: NonNullable<StepView['child']>, width: number) {
  if (end === undefined) return [];
  const findings = end.findings.flatMap((text) => wrapped(`• ${text}`, width));
  return [
    line(`${runbook.title}: ${end.outcome}`, BOLD),
    ...wrapped(end.summary, width),
    ...findings,
  ];
}

/** Returns the results of the items; those that succeeded are only counted. */
function itemLines(items: readonly ItemView[], width: number, room: number): readonly Line[] {
  const others = items.filter(({ state }) => state !== 'succeeded' && state !== 'running');
  const done = items.length - others.length;
  const lines = others.flatMap((item) => {
    const why = item.error === undefined ? item.reason : errorName(item.error);
    const said = why === undefined || why === '' ? '' : `: ${why}`;
    const state = item.state === 'running' ? 'running' : STATE_WORD[item.state];
    return wrapped(`${itemText(item)} ${state}${said}`, width, styleOf(item.state));
  });
  const shown = lines.slice(0, Math.max(1, room - 2));
  const left = lines.length - shown.length;
  return [
    line(`${done} of ${counted(items[0]?.count ?? items.length, 'item')} done`),
    ...shown,
    ...(left === 0 ? [] : [line(`… ${counted(left, 'more line')}`, DIM)]),
  ];
}

function styleOf(state: StepView['state']): Style {
  if (state === 'succeeded' || state === 'done-by-hand') return GOOD;
  return state === 'failed' ? BAD : {};
}
