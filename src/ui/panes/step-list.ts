import { stepsAround, stepsInside } from '#events/view/place-in-run.ts';
import type { RunView, StepState, StepView } from '#events/view/run-view.ts';
import { STATE_SIGN, workedMs } from '#events/wording/phrases.ts';
import { PHASES } from '#runbook/model/terms.ts';
import { formatDuration } from '#text/duration.ts';
import { cutTo, widthOf } from '#text/width.ts';
import {
  ACCENT,
  BAD,
  BLANK,
  DIM,
  GOOD,
  type Line,
  line,
  lineWidth,
  type Style,
  span,
  spread,
  WARN,
} from '../draw/line.ts';
import { windowOf } from '../draw/pane.ts';

const LOOK: { readonly [S in StepState]: { readonly sign: Style; readonly title: Style } } = {
  waiting: { sign: DIM, title: {} },
  current: { sign: { ...ACCENT, bold: true }, title: { bold: true } },
  running: { sign: { ...ACCENT, bold: true }, title: { bold: true } },
  succeeded: { sign: GOOD, title: {} },
  failed: { sign: BAD, title: {} },
  skipped: { sign: WARN, title: DIM },
  'done-by-hand': { sign: GOOD, title: {} },
  simulated: { sign: WARN, title: {} },
  undone: { sign: WARN, title: {} },
  unknown: { sign: WARN, title: {} },
  'not-taken': { sign: DIM, title: DIM },
};

type Entry = { readonly line: Line; readonly isCurrent: boolean };

/** The indentation of steps inside another one, in columns. */
const INDENT = 2;

/**
 * Returns the run's own steps by phase, with those inside the current one below it, in exactly
 * `height` lines, with the current one visible.
 */
export function stepListLines(view: RunView, width: number, height: number): readonly Line[] {
  const own = view.steps.filter(({ parent }) => parent === undefined);
  const groups = PHASES.map((phase) => own.filter((step) => step.phase === phase))
    .filter((steps) => steps.length > 0)
    .map((steps) => [heading(steps), ...steps.flatMap((step) => entries(step, view, width, 0))]);
  const spaced = groups.flatMap((group, index) =>
    index === 0 ? group : [{ line: BLANK, isCurrent: false }, ...group],
  );
  const all = spaced.length <= height ? spaced : groups.flat();
  const current = Math.max(
    0,
    all.findLastIndex((item) => item.isCurrent),
  );
  const start = Math.min(Math.max(0, current - Math.floor(height / 2)), all.length - height);
  const lines = windowOf(
    all.map((item) => item.line),
    Math.max(0, start),
    height,
    ' ',
  );
  return [...lines, ...Array.from({ length: height - lines.length }, () => BLANK)];
}

/** Returns the progress of a repeated step through its items. */
function itemCount({ items, state }: StepView): Line {
  const last = items?.at(-1);
  const isOver = state === 'succeeded' || state === 'failed';
  return last === undefined || isOver ? [] : [span(` ${last.index}/${last.count}`, DIM)];
}

function heading(steps: readonly StepView[]): Entry {
  return { line: line(` ${(steps[0]?.phase ?? '').toUpperCase()}`, DIM), isCurrent: false };
}

/** Returns a step, and the steps inside it while the run is there. */
function entries(step: StepView, view: RunView, width: number, indent: number): readonly Entry[] {
  const isHere =
    step.id === view.current || stepsAround(view, view.current).some(({ id }) => id === step.id);
  const wasBegun = step.kind === 'parallel' || step.child !== undefined;
  const inside = isHere && wasBegun && view.status !== 'finished' ? stepsInside(view, step.id) : [];
  return [
    entry(step, view, width, indent),
    ...inside.flatMap((one) => entries(one, view, width, indent + INDENT)),
  ];
}

function entry(step: StepView, view: RunView, width: number, indent: number): Entry {
  const look = LOOK[step.state];
  const sign = span(`${' '.repeat(indent + 1)}${STATE_SIGN[step.state]} `, look.sign);
  const counts = [...itemCount(step), ...(step.visits > 1 ? [span(` ×${step.visits}`, DIM)] : [])];
  const ms = workedMs(step);
  const time = ms === undefined ? '' : `${formatDuration(ms)} `;
  const room = width - lineWidth([sign, ...counts]);
  // The time is omitted where the title would have to be truncated for it.
  const fits = widthOf(step.title) + time.length + 1 <= room;
  const shows = (fits && (ms ?? 0) >= 100) || (ms ?? 0) >= 1000;
  const title = cutTo(step.title, Math.max(1, room - (shows ? time.length + 1 : 0)));
  const left: Line = [sign, span(title, look.title), ...counts];
  return {
    line: shows ? spread(left, [span(time, DIM)], width) : left,
    isCurrent: step.id === view.current,
  };
}
