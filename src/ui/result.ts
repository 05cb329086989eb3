import { harmless } from '../events/harmless.ts';
import { outputEnd } from '../events/output-end.ts';
import { counted, STATE_SIGN, STATE_WORD, shortDuration, workedMs } from '../events/phrases.ts';
import { cutTo } from '../events/text-width.ts';
import type { ExecutionView, RunView, StepView } from '../events/view.ts';
import { decisionLines } from './decision.ts';
import { BLANK, BOLD, DIM, GOOD, type Line, line, span, spread, wrapped } from './line.ts';
import { tableLines, tableOf } from './table.ts';

/** The fewest lines rows or output get, however little room there is. */
const MIN_DATA = 5;
/** More of an output than this is not even looked at for its last lines. */
const TAIL_CHARACTERS = 16 * 1024;

/**
 * Returns what a step found: its finding, its rows or the end of its output, the way on and why. Of
 * the rows as many are shown as leave the rest in `room` lines.
 */
export function resultLines(
  step: StepView,
  view: RunView,
  width: number,
  room: number,
): readonly Line[] {
  const finding = step.branch?.finding;
  const said = [
    titleLine(step, width),
    ...(finding === undefined ? [] : wrapped(finding, width, BOLD)),
    ...(step.skippedBecause === undefined
      ? []
      : wrapped(`skipped: ${step.skippedBecause}`, width, DIM)),
    ...(step.answer === undefined ? [] : wrapped(`answer: ${step.answer}`, width)),
    ...(step.evidence === undefined ? [] : wrapped(`evidence: ${step.evidence}`, width)),
  ];
  const decision = step.branch === undefined ? [] : decisionLines(step.branch, view, width);
  const dataRoom = Math.max(MIN_DATA, room - said.length - decision.length - 2);
  const data = dataLines(step, width, dataRoom);
  return [
    ...said,
    ...(data.length === 0 ? [] : [BLANK, ...data]),
    ...(decision.length === 0 ? [] : [BLANK, ...decision]),
  ];
}

/** Returns a step's title with its state and the time it took. */
export function titleLine(step: StepView, width: number): Line {
  const ms = workedMs(step);
  const sign = step.state === 'succeeded' || step.state === 'done-by-hand' ? GOOD : {};
  return spread(
    [span(`${STATE_SIGN[step.state]} `, sign), span(step.title, BOLD)],
    [span(ms === undefined ? STATE_WORD[step.state] : shortDuration(ms), DIM)],
    width,
  );
}

/** What a step's action gave, under what its last check gave. */
function dataLines(step: StepView, width: number, room: number): readonly Line[] {
  const action = step.executions.findLast((execution) => execution.part === 'action');
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

/** What an action gave where there is no room to show it. */
function countLines(action: ExecutionView): readonly Line[] {
  const count = action.result?.row_count;
  return typeof count === 'number' ? [line(`it returned ${counted(count, 'row')}`, DIM)] : [];
}

/** Returns what one execution gave in about `room` lines: rows, or the end of its output. */
export function executionLines(
  execution: ExecutionView,
  width: number,
  room: number,
): readonly Line[] {
  const table = tableOf(execution.result);
  if (table !== undefined) return tableLines(table, width, Math.max(1, room - 2));
  const { stdout, stderr, exit_code: exitCode } = execution.result ?? {};
  return [
    ...outputTail(stdout ?? tailOf(execution, 'stdout'), width, room),
    ...outputTail(stderr ?? tailOf(execution, 'stderr'), width, MIN_DATA, 'stderr'),
    ...(typeof exitCode === 'number' && exitCode !== 0 ? [line(`exit code ${exitCode}`, DIM)] : []),
  ];
}

function tailOf(execution: ExecutionView, stream: 'stdout' | 'stderr'): string | undefined {
  const output = execution.outputs.find((one) => one.stream === stream);
  return output === undefined ? undefined : outputEnd(output).text;
}

function outputTail(text: unknown, width: number, room: number, name?: string): readonly Line[] {
  if (typeof text !== 'string' || text.trim() === '') return [];
  const lines = harmless(text.slice(-TAIL_CHARACTERS)).trimEnd().split('\n');
  const shown = lines.slice(-Math.max(1, room - 1));
  const isCut = shown.length < lines.length || text.length > TAIL_CHARACTERS;
  return [
    ...(name === undefined ? [] : [line(`${name}:`, DIM)]),
    ...(isCut ? [line('… the end; o shows all', DIM)] : []),
    ...shown.map((part) => line(cutTo(part, width))),
  ];
}
