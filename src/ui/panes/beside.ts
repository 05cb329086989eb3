import type { LiveOutput } from '#events/log/live.ts';
import { stepsInside } from '#events/view/place-in-run.ts';
import type { ExecutionView, RunView, StepState, StepView } from '#events/view/run-view.ts';
import { itemText, STATE_SIGN } from '#events/wording/phrases.ts';
import { formatDuration, formatSeconds } from '#text/duration.ts';
import { cutTo } from '#text/width.ts';
import {
  ACCENT,
  BLANK,
  BOLD,
  DIM,
  type Line,
  limited,
  line,
  span,
  spread,
  wrapped,
} from '../draw/line.ts';
import type { Pane } from '../draw/pane.ts';
import { stoppingLines } from './progress.ts';

/** One of several concurrent steps or items. */
type Lane = {
  readonly title: string;
  readonly state: StepState;
  readonly execution: ExecutionView | undefined;
  readonly live: LiveOutput | undefined;
};

/** Returns whether a step currently runs several things concurrently. */
export function runsSideBySide(step: StepView): boolean {
  const running = step.executions.filter(({ status }) => status === 'running');
  return step.kind === 'parallel' || running.length > 1;
}

/** Returns the pane of concurrent steps or items: each name with its output. */
export function besidePane(
  view: RunView,
  step: StepView,
  width: number,
  height: number,
  now: number,
  live: readonly LiveOutput[],
): Pane {
  const lanes = lanesOf(view, step, live);
  const head: readonly Line[] = [
    [span('▶ ', ACCENT), span(step.title, BOLD)],
    ...(step.why === undefined ? [] : limited(wrapped(step.why, width, DIM), 2)),
    BLANK,
  ];
  const speaking = lanes.filter(({ live: output }) => output !== undefined).length;
  const room = height - head.length - lanes.length;
  const each = Math.max(1, Math.floor(room / Math.max(1, speaking)));
  return {
    head,
    body: lanes.flatMap((lane) => laneLines(lane, width, each, now)),
    foot: stoppingLines(view, width),
  };
}

function lanesOf(view: RunView, step: StepView, live: readonly LiveOutput[]): readonly Lane[] {
  if (step.kind === 'parallel') {
    return stepsInside(view, step.id).map((branch) => ({
      title: branch.title,
      state: branch.state,
      execution: branch.executions.at(-1),
      live: live.find((one) => one.step === branch.id),
    }));
  }
  return step.executions.flatMap((execution): readonly Lane[] => {
    const { item, status } = execution;
    if (status !== 'running' || item === undefined) return [];
    const output = live.find((one) => one.step === step.id && one.item?.index === item.index);
    return [{ title: itemText(item), state: 'running', execution, live: output }];
  });
}

function laneLines(lane: Lane, width: number, room: number, now: number): readonly Line[] {
  const { title, state, execution, live } = lane;
  const isRunning = execution?.status === 'running';
  const lines = isRunning ? (live?.lines ?? []).slice(-room) : [];
  return [
    spread(
      [span(`${STATE_SIGN[state]} `, isRunning ? ACCENT : {}), span(title)],
      [span(timeOf(execution, now), DIM)],
      width,
    ),
    ...lines.map((text) => line(cutTo(`  ${text}`, width), DIM)),
  ];
}

function timeOf(execution: ExecutionView | undefined, now: number): string {
  if (execution === undefined) return '';
  const { ms, startedAt } = execution;
  return ms === undefined ? formatSeconds(now - Date.parse(startedAt)) : formatDuration(ms);
}
