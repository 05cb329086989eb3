import { EFFECT_WORD } from '../events/phrases.ts';
import { shownStep } from '../events/shown-step.ts';
import type { AwaitedView, RunView, StepView } from '../events/view.ts';
import { commandStart, whereLine } from './command.ts';
import {
  aligned,
  BAD,
  BLANK,
  BOLD,
  DIM,
  GOOD,
  type Line,
  limited,
  line,
  rule,
  type Span,
  span,
  WARN,
  wrapped,
} from './line.ts';
import type { Pane } from './pane.ts';
import { resultLines } from './result.ts';

/** The fewest lines a command gets, however much the last step found. */
const MIN_COMMAND = 4;

/** Returns what is shown before a step: what the last one found, and what Enter will run. */
export function startPane(
  view: RunView,
  awaited: AwaitedView,
  width: number,
  height: number,
): Pane {
  const next = view.steps.find((step) => step.id === awaited.step);
  const least = next === undefined ? 0 : cardLines(next, awaited, width, 0).length;
  const last = shownStep(view);
  const body =
    last === undefined || last.id === awaited.step
      ? introductionLines(view, width)
      : resultLines(last, view, width, height - least);
  return {
    head: [],
    body,
    foot: next === undefined ? [] : cardLines(next, awaited, width, height - body.length),
  };
}

/** What the run is about, before anything has been done. */
function introductionLines(view: RunView, width: number): readonly Line[] {
  const inputs = view.inputs.filter(({ value }) => value !== null);
  return [
    line(view.runbook.title, BOLD),
    ...wrapped(view.runbook.summary, width),
    ...resumedLines(view, width),
    BLANK,
    ...aligned(
      [
        ['severity', view.runbook.severity],
        ...(view.prerequisites ?? []).map((text): [string, string] => ['needs', text]),
        ...Object.entries(view.targets),
        ...inputs.map(({ name, value }): [string, string] => [name, String(value)]),
        ['operator', view.operator],
        ['run', view.runId],
      ],
      width,
    ),
  ];
}

/** Returns what a resumed run found of its journal, or nothing. */
export function resumedLines(view: RunView, width: number): readonly Line[] {
  const repaired = view.resumed?.repaired;
  return repaired === undefined ? [] : wrapped(`resumed: ${repaired}`, width, WARN);
}

/** The next step in `height` lines if it can be, but never without the start of its command. */
function cardLines(
  step: StepView,
  awaited: AwaitedView,
  width: number,
  height: number,
): readonly Line[] {
  const { action } = awaited;
  const around = [
    BLANK,
    rule(width, 'Next', effectNote(step)),
    line(step.title, BOLD),
    ...(step.why === undefined ? [] : limited(wrapped(step.why, width, DIM), 2)),
    ...(awaited.reason === undefined ? [] : wrapped(awaited.reason, width, WARN)),
  ];
  if (action === undefined) return around;
  const room = Math.max(MIN_COMMAND, height - around.length - 1);
  return [...around, ...commandStart(action, width, room), whereLine(action)];
}

function effectNote(step: StepView): Span {
  if (step.kind === 'ask' || step.kind === 'manual') return span('asks you', DIM);
  if (step.effect === 'read') return span(EFFECT_WORD.read, GOOD);
  return span('asks before it changes anything', step.effect === 'change' ? WARN : BAD);
}
