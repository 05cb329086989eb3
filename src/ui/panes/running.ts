import type { LiveOutput } from '#events/log/live.ts';
import type { RunView, StepView, TimerView } from '#events/view/run-view.ts';
import { errorName } from '#events/wording/phrases.ts';
import { cutTo } from '#text/width.ts';
import { commandStart, whereLine } from '../draw/command.ts';
import {
  ACCENT,
  BLANK,
  BOLD,
  DIM,
  type Line,
  limited,
  line,
  rule,
  span,
  spread,
  WARN,
  wrapped,
} from '../draw/line.ts';
import { executionLines } from '../draw/output-lines.ts';
import type { Pane } from '../draw/pane.ts';
import { besidePane, runsSideBySide } from './beside.ts';
import { pathLines } from './path.ts';
import { elapsedText, progressLines, stoppingLines } from './progress.ts';

/** The number of output lines shown of the previous attempt. */
const LAST_TRY = 12;

/** The time after which a running step is shown in detail: a read that is over by then is not. */
const DETAIL_AFTER_MS = 1_000;
/** The lines of the path that stay above a running step. */
const LEAST_PATH = 4;
/** The lines of output that the path leaves room for. */
const SHOWN_BODY = 8;

/**
 * Returns the pane of a running step: the action, its start and its output. Unless the path is
 * listed beside it, the path comes first, and a step that has just started is only a line of it.
 */
export function runningPane(
  view: RunView,
  width: number,
  height: number,
  now: number,
  live: readonly LiveOutput[],
  isListed: boolean,
): Pane {
  const step = commandAt(view) ?? view.steps.find(({ id }) => id === view.current);
  if (step === undefined) return { head: [], body: [line('starting …', DIM)], foot: [] };
  if (isListed) return detailPane(view, step, width, height, now, live);
  if (!isDetailed(step, view, now, live)) {
    const path = pathLines(view, width, height);
    return { head: path, body: [], foot: stoppingLines(view, width), tail: true };
  }
  const detail = detailPane(view, step, width, height, now, live);
  const own = detail.head.length + Math.min(detail.body.length, SHOWN_BODY) + detail.foot.length;
  const path = pathLines(view, width, Math.max(LEAST_PATH, height - own));
  const elapsed = elapsedText(step, now);
  const heading = rule(width, step.title, elapsed === '' ? undefined : span(elapsed, DIM));
  return { ...detail, head: [...path, heading, ...detail.head.slice(1)] };
}

function isDetailed(
  step: StepView,
  view: RunView,
  now: number,
  live: readonly LiveOutput[],
): boolean {
  const since = step.executions.at(-1)?.startedAt ?? step.enteredAt ?? '';
  const isLong = now - Date.parse(since) >= DETAIL_AFTER_MS;
  const isPausing = view.timer !== undefined || view.behind !== undefined;
  return isLong || isPausing || live.length > 0;
}

function detailPane(
  view: RunView,
  step: StepView,
  width: number,
  height: number,
  now: number,
  live: readonly LiveOutput[],
): Pane {
  if (runsSideBySide(step)) return besidePane(view, step, width, height, now, live);
  const execution = step.executions.at(-1);
  return {
    head: [
      spread(
        [span('▶ ', ACCENT), span(step.title, BOLD)],
        [span(elapsedText(step, now), DIM)],
        width,
      ),
      ...(step.why === undefined ? [] : limited(wrapped(step.why, width, DIM), 2)),
      BLANK,
      ...(execution === undefined
        ? []
        : [
            ...commandStart(execution.action, width, Math.max(4, Math.floor(height * 0.4))),
            ...(execution.action.kind === 'wait' ? [] : [whereLine(execution.action)]),
          ]),
      BLANK,
      ...progressLines(step, view.timer, width, now),
    ],
    body: outputLines(step, view.timer, width, live),
    foot: stoppingLines(view, width),
    tail: true,
  };
}

/** Returns the live end of the output, or that of the previous attempt. */
function outputLines(
  step: StepView,
  timer: TimerView | undefined,
  width: number,
  live: readonly LiveOutput[],
): readonly Line[] {
  const output = live.find((one) => one.step === step.id);
  if (output !== undefined) {
    return output.lines.map((text) => line(cutTo(text, width)));
  }
  const last = step.executions.findLast(({ status }) => status !== 'running');
  if (
    last === undefined ||
    (timer === undefined && last.part === 'preview') ||
    last.part === 'recheck'
  )
    return [];
  if (last.error === undefined) return executionLines(last, width, LAST_TRY);
  return [line(errorName(last.error), WARN), ...wrapped(last.error.message, width, DIM)];
}

/** Returns the ad-hoc command that is in front of the run. */
function commandAt({ behind, adhoc }: RunView): StepView | undefined {
  return behind === undefined ? undefined : adhoc?.at(-1);
}
