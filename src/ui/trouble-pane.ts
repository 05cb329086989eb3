import { choicesOf } from '../events/choices.ts';
import type { AwaitedFor } from '../events/event.ts';
import { errorName, itemText } from '../events/phrases.ts';
import type { AwaitedView, RunView, StepView } from '../events/view.ts';
import type { StepError } from '../runbook/step-error.ts';
import { commandLines, whereLine } from './command.ts';
import { BAD, BLANK, DIM, type Line, rule, span, WARN, wrapped } from './line.ts';
import { menuLines } from './menu.ts';
import { executionLines } from './output-lines.ts';
import type { Pane } from './pane.ts';
import { titleLine } from './result.ts';
import { resumedLines } from './start-pane.ts';

const HEADLINE: { readonly [F in AwaitedFor]?: string } = {
  unknown: 'It may or may not have taken effect. What now?',
  stopped: 'Stopped. What now?',
};

/** Returns what is shown when a step failed, its outcome is unknown, or the run stopped. */
export function troublePane(
  view: RunView,
  awaited: AwaitedView,
  width: number,
  height: number,
): Pane {
  const step = view.steps.find(({ id }) => id === awaited.step);
  return {
    head: step === undefined ? [] : [titleLine(step, width), BLANK],
    body: [
      ...(awaited.item === undefined ? [] : wrapped(itemText(awaited.item), width)),
      ...(awaited.reason === undefined ? [] : wrapped(awaited.reason, width, WARN)),
      ...resumedLines(view, width),
      ...(awaited.error === undefined ? [] : errorLines(awaited.error, view, width)),
      ...(step === undefined ? [] : lastRunLines(step, width)),
    ],
    foot: [
      BLANK,
      rule(width, HEADLINE[awaited.for] ?? 'What now?'),
      ...menuLines(choicesOf(view), width, height < 18),
    ],
  };
}

/** Returns an error: what it is called, what it says, what to do about it, and where it comes from. */
export function errorLines(error: StepError, view: RunView, width: number): readonly Line[] {
  const place = error.at;
  return [
    [span(errorName(error), BAD)],
    ...wrapped(error.message, width),
    ...(error.hint === undefined ? [] : wrapped(`hint: ${error.hint}`, width, DIM)),
    ...(place === undefined
      ? []
      : wrapped(`${place.file ?? view.runbook.file}:${place.line}:${place.column}`, width, DIM)),
  ];
}

function lastRunLines(step: StepView, width: number): readonly Line[] {
  const last = step.executions.at(-1);
  if (last === undefined) return [];
  const output = executionLines(last, width, 12);
  return [
    BLANK,
    ...commandLines(last.action, width),
    whereLine(last.action),
    ...(output.length === 0 ? [] : [BLANK, ...output]),
  ];
}
