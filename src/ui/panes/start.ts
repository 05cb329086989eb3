import { uncheckedPrerequisites } from '#events/view/prerequisites.ts';
import type { AwaitedView, RunView, StepView } from '#events/view/run-view.ts';
import { shownStep } from '#events/view/shown-step.ts';
import { EFFECT_WORD } from '#events/wording/phrases.ts';
import { inputText } from '#runbook/model/input-text.ts';
import { commandStart, whereLine } from '../draw/command.ts';
import {
  ACCENT,
  aligned,
  BAD,
  BLANK,
  BOLD,
  bulleted,
  DIM,
  type Line,
  limited,
  line,
  rule,
  type Span,
  span,
  WARN,
  wrapped,
} from '../draw/line.ts';
import type { Pane } from '../draw/pane.ts';
import { currentTitle, resultLines, saidLines } from './result.ts';

/** The minimum number of lines of a command, whatever the last step found. */
const MIN_COMMAND = 4;
/** The minimum number of lines of data below the finding. */
const MIN_BODY = 3;

/** Returns the pane before a step: the last finding, and the action that Enter will run. */
export function startPane(
  view: RunView,
  awaited: AwaitedView,
  width: number,
  height: number,
  isListed: boolean,
): Pane {
  const next = view.steps.find((step) => step.id === awaited.step);
  const last = shownStep(view);
  const head = last === undefined || last.id === awaited.step ? [] : saidLines(last, width);
  const cardOf = (room: number, isLow: boolean) =>
    next === undefined ? [] : cardLines(next, awaited, width, room, { isLow, isListed });
  // The finding matters more than the details of the next step.
  const isLow = head.length + MIN_BODY + cardOf(0, false).length > height;
  const card = (room: number) => cardOf(room, isLow);
  const least = card(0).length;
  if (last === undefined || last.id === awaited.step) {
    const body = introductionLines(view, width);
    return { head: [], body, foot: card(height - body.length) };
  }
  const body = resultLines(last, view, width, height - least - head.length);
  return { head, body, foot: card(height - head.length - body.length) };
}

/** Returns the introduction of the run, before its first step. */
function introductionLines(view: RunView, width: number): readonly Line[] {
  const inputs = view.inputs.filter(({ value }) => value !== null);
  const needs = uncheckedPrerequisites(view);
  return [
    line(view.runbook.title, BOLD),
    ...wrapped(view.runbook.summary, width),
    ...resumedLines(view, width),
    ...(needs.length === 0 ? [] : [BLANK, line('Before you start', BOLD)]),
    ...needs.flatMap((text) => bulleted(span('• ', ACCENT), text, width)),
    BLANK,
    ...aligned(
      [
        ['severity', view.runbook.severity],
        ...Object.entries(view.targets),
        ...inputs.map(({ name, value }): [string, string] => [name, inputText(value)]),
        [view.ofTeam ? 'started by' : 'operator', view.operator],
        ['run', view.runId],
      ],
      width,
    ),
  ];
}

/** Returns what a resumed run found in its journal, if anything. */
export function resumedLines(view: RunView, width: number): readonly Line[] {
  const repaired = view.resumed?.repaired;
  return repaired === undefined ? [] : wrapped(`resumed: ${repaired}`, width, WARN);
}

/** Returns the next step in `height` lines if possible, but always the start of its command. */
function cardLines(
  step: StepView,
  awaited: AwaitedView,
  width: number,
  height: number,
  { isLow, isListed }: { readonly isLow: boolean; readonly isListed: boolean },
): readonly Line[] {
  const { action } = awaited;
  const why = step.why === undefined || isLow ? [] : limited(wrapped(step.why, width, DIM), 2);
  const around = [
    ...(isLow ? [] : [BLANK]),
    rule(width, 'Next', effectNote(step)),
    currentTitle(step, isListed),
    ...why,
    ...(awaited.reason === undefined ? [] : wrapped(awaited.reason, width, WARN)),
  ];
  if (action === undefined) return around;
  const room = Math.max(isLow ? 2 : MIN_COMMAND, height - around.length - 1);
  return [...around, ...commandStart(action, width, room), whereLine(action)];
}

function effectNote(step: StepView): Span {
  if (step.kind === 'ask' || step.kind === 'manual') return span('asks you', DIM);
  if (step.kind === 'runbook') return span('another runbook, with its own gates', DIM);
  if (step.effect === 'read') return span(EFFECT_WORD.read);
  return span('asks before any change', step.effect === 'change' ? WARN : BAD);
}
