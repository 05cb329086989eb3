import type { LiveOutput } from '../events/live.ts';
import { counted, countingDuration, errorName } from '../events/phrases.ts';
import { cutTo } from '../events/text-width.ts';
import type { ExecutionView, RunView, StepView, TimerView } from '../events/view.ts';
import { besidePane, runsSideBySide } from './beside-pane.ts';
import { commandStart, whereLine } from './command.ts';
import {
  ACCENT,
  BLANK,
  BOLD,
  DIM,
  type Line,
  limited,
  line,
  rule,
  type Span,
  span,
  spread,
  WARN,
  wrapped,
} from './line.ts';
import { executionLines } from './output-lines.ts';
import type { Pane } from './pane.ts';
import { stoppingLines } from './stopping.ts';

const PART_WORD = {
  action: 'running',
  preview: 'reading the rows it would hit',
  verify: 'checking that it worked',
  undo: 'undoing',
} as const;

/** Lines of what the last try said. */
const LAST_TRY = 12;

/** Returns what is shown while the run goes on by itself: what runs, since when, what it says. */
export function runningPane(
  view: RunView,
  width: number,
  height: number,
  now: number,
  live: readonly LiveOutput[],
): Pane {
  const step = commandAt(view) ?? view.steps.find(({ id }) => id === view.current);
  if (step === undefined) return { head: [], body: [line('starting …', DIM)], foot: [] };
  if (runsSideBySide(step)) return besidePane(view, step, width, height, now, live);
  const execution = step.executions.at(-1);
  return {
    head: [
      spread([span('▶ ', ACCENT), span(step.title, BOLD)], [elapsed(execution, now)], width),
      ...(step.why === undefined ? [] : limited(wrapped(step.why, width, DIM), 2)),
      BLANK,
      ...(execution === undefined
        ? []
        : [
            ...commandStart(execution.action, width, Math.max(4, Math.floor(height * 0.4))),
            whereLine(execution.action),
          ]),
      BLANK,
      ...progressLines(step, view.timer, width, now),
    ],
    body: outputLines(step, view.timer, width, live),
    foot: stoppingLines(view, width),
    tail: true,
  };
}

function elapsed(execution: ExecutionView | undefined, now: number): Span {
  if (execution?.status !== 'running') return span('');
  return span(countingDuration(now - Date.parse(execution.startedAt)), DIM);
}

function progressLines(
  step: StepView,
  timer: TimerView | undefined,
  width: number,
  now: number,
): readonly Line[] {
  const execution = step.executions.at(-1);
  if (execution === undefined) return [];
  const doing = timer?.for === 'retry' ? 'failed, will be tried again' : PART_WORD[execution.part];
  const what = rule(width, `${doing}${countText(step, execution)}`);
  if (timer === undefined) return [what];
  const left = Math.ceil(Math.max(0, Date.parse(timer.at) + timer.ms - now) / 1000);
  const next = timer.for === 'retry' ? `attempt ${timer.attempt}` : `check ${timer.attempt}`;
  return [what, line(`${next} in ${counted(left, 'second')}`, WARN)];
}

function countText(step: StepView, execution: ExecutionView): string {
  if (execution.part === 'verify') {
    return ` · check ${step.executions.filter(({ part }) => part === 'verify').length}`;
  }
  return execution.attempt > 1 ? ` · attempt ${execution.attempt}` : '';
}

/** The live end of the output, or what the last try said. */
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
  if (last === undefined || (timer === undefined && last.part === 'preview')) return [];
  if (last.error === undefined) return executionLines(last, width, LAST_TRY);
  return [line(errorName(last.error), WARN), ...wrapped(last.error.message, width, DIM)];
}

/** The command of one's own that is before the run. */
function commandAt({ behind, adhoc }: RunView): StepView | undefined {
  return behind === undefined ? undefined : adhoc?.at(-1);
}
