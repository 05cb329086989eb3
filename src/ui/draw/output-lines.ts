import { outputEnd } from '#events/view/output-end.ts';
import type { ExecutionView, StepView } from '#events/view/run-view.ts';
import { rowsOf } from '#events/wording/table-layout.ts';
import { counted } from '#text/count.ts';
import { harmless } from '#text/harmless.ts';
import { cutTo } from '#text/width.ts';
import { DIM, type Line, line } from './line.ts';
import { tableLines } from './table.ts';

/** The minimum number of lines for rows or output. */
export const MIN_DATA = 5;
/** The number of characters searched for the last lines of an output. */
const TAIL_CHARACTERS = 16 * 1024;

/** Returns the result of one execution in about `room` lines: rows, or the end of its output. */
export function executionLines(
  execution: ExecutionView,
  width: number,
  room: number,
): readonly Line[] {
  const table = rowsOf(execution.result);
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

/** Returns the last line a step's action wrote to its standard error, or `undefined`. */
export function lastError(step: StepView): string | undefined {
  const execution = step.executions.at(-1);
  if (execution === undefined) return undefined;
  return lastOf(String(execution.result?.stderr ?? tailOf(execution, 'stderr') ?? ''));
}

function lastOf(text: string): string | undefined {
  const last = harmless(text.slice(-TAIL_CHARACTERS)).trimEnd().split('\n').at(-1)?.trim();
  return last === '' ? undefined : last;
}

/** Returns the last line of output of a step's action, or `undefined` if it has none. */
export function lastLine(step: StepView): string | undefined {
  const execution = step.executions.at(-1);
  if (execution === undefined) return undefined;
  const table = rowsOf(execution.result);
  if (table !== undefined) return counted(table.rows.length, 'row');
  return lastOf(String(execution.result?.stdout ?? tailOf(execution, 'stdout') ?? ''));
}
