import { askedText } from '#events/telling/question.ts';
import { begunOf } from '#events/view/place-in-run.ts';
import type { AwaitedView, RunView, StepView } from '#events/view/run-view.ts';
import { choicesOf } from '#events/wording/choices.ts';
import { errorName, itemText } from '#events/wording/phrases.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import { commandLines, whereLine } from '../draw/command.ts';
import { insideLines } from '../draw/inside.ts';
import { BAD, BLANK, BOLD, DIM, type Line, line, rule, span, WARN, wrapped } from '../draw/line.ts';
import { shortMenu } from '../draw/menu.ts';
import { executionLines } from '../draw/output-lines.ts';
import type { Pane } from '../draw/pane.ts';
import { titleLine } from './result.ts';
import { resumedLines } from './start.ts';

/** Returns the pane of a failed step, an unknown outcome, or a stopped run. */
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
      ...(step === undefined
        ? []
        : [
            ...earlierErrorLines(step, awaited, view, width),
            ...nothingRan(step, awaited),
            ...insideOrRun(step, view, width, height),
          ]),
    ],
    foot: [BLANK, rule(width, askedText(awaited)), ...shortMenu(choicesOf(view), width)],
  };
}

/** Returns an error: its name, its message, its hint and its source. */
export function errorLines(error: StepError, view: RunView, width: number): readonly Line[] {
  const place = error.at;
  return [
    [span(errorName(error), BAD)],
    ...wrapped(error.message, width),
    ...(error.hint === undefined ? [] : wrapped(`hint: ${error.hint}`, width)),
    ...(place === undefined
      ? []
      : wrapped(`${place.file ?? view.runbook.file}:${place.line}:${place.column}`, width, DIM)),
  ];
}

/** Returns the failure that a stop interrupted, which comes before the stop. */
function earlierErrorLines(
  step: StepView,
  { error }: AwaitedView,
  view: RunView,
  width: number,
): readonly Line[] {
  const failed = step.executions.findLast((execution) => execution.error !== undefined)?.error;
  if (error?.kind !== 'cancelled' || failed === undefined || failed.kind === 'cancelled') return [];
  return [BLANK, line('Earlier failure:', BOLD), ...errorLines(failed, view, width)];
}

/** A change that failed before it started changed nothing. */
function nothingRan({ effect, executions, kind }: StepView, awaited: AwaitedView): readonly Line[] {
  const isChange = effect !== 'read' && kind !== 'runbook' && kind !== 'manual';
  const hasRun = executions.some(
    ({ part, action }) => part !== 'preview' && action.kind !== 'connect',
  );
  return awaited.for === 'failure' && isChange && !hasRun ? [line('Nothing was run.', BOLD)] : [];
}

function insideOrRun(step: StepView, view: RunView, width: number, room: number): readonly Line[] {
  const inside = insideLines(step, view, width, room);
  return inside.length > 0 && step.kind === 'parallel'
    ? [BLANK, ...inside]
    : lastRunLines(step, width);
}

const CHECKED = line('Its check:', DIM);

function lastRunLines(step: StepView, width: number): readonly Line[] {
  const last = step.executions.at(-1);
  if (last === undefined) return [];
  const output = executionLines(last, width, 12);
  const begun = step.state === 'unknown' ? begunOf(step) : undefined;
  return [
    ...(begun === undefined || begun === last
      ? []
      : [BLANK, ...commandLines(begun.action, width), whereLine(begun.action), BLANK, CHECKED]),
    BLANK,
    ...commandLines(last.action, width),
    whereLine(last.action),
    ...(output.length === 0 ? [] : [BLANK, ...output]),
  ];
}
