import type { EventOf, OutputRecord, ShownAction } from '#events/log/event.ts';
import { outputEnd } from '#events/view/output-end.ts';
import { actionText, standardInput, surroundingsOf } from '#events/wording/action-surroundings.ts';
import { errorText } from '#events/wording/phrases.ts';
import {
  cellText,
  isWhole,
  layoutTable,
  type Rows,
  rowsOf,
  TABLE_GAP,
} from '#events/wording/table-layout.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import { counted } from '#text/count.ts';
import { harmless, harmlessLine } from '#text/harmless.ts';
import { widthOf } from '#text/width.ts';

/** The number of rows printed per result; the transcript has the rest. */
const MAX_ROWS = 50;
/** The number of lines printed from the end of an output. */
const MAX_LINES = 20;

/** Returns an action's complete text and parameters. */
export function actionTexts(
  action: ShownAction,
  parameters: readonly string[] = surroundingsOf(action),
): readonly string[] {
  const input = standardInput(action);
  return [
    ...actionText(action)
      .split('\n')
      .map((part) => `| ${part}`),
    ...parameters.map((fact) => `  ${fact}`),
    ...(input === undefined ? [] : [`  ${input.title}`]),
    ...(input?.lines ?? []).map((part) => `| ${part}`),
  ];
}

/** Returns the message and the hint of an error. */
export function errorTexts(error: StepError): readonly string[] {
  return [
    errorText(error),
    ...(error.hint === undefined ? [] : [`hint: ${error.hint}`]),
    ...(error.at?.file === undefined
      ? []
      : [`at ${error.at.file}:${error.at.line}:${error.at.column}`]),
  ];
}

/** Returns the result of an execution: its rows, or the end of its output. */
export function resultTexts(event: EventOf<'step.finished'>, columns: number): readonly string[] {
  const table = rowsOf(event.result);
  if (table !== undefined) return tableTexts(table, columns);
  return event.outputs.flatMap(outputTexts);
}

/**
 * Returns rows as aligned text, at most `width` columns wide, and at most `most` of them. Where the
 * columns in `kept` do not fit, each row is upright, with all its columns.
 */
export function tableTexts(
  { columns, rows }: Rows,
  width: number,
  {
    most = MAX_ROWS,
    kept = [],
  }: { readonly most?: number; readonly kept?: readonly string[] } = {},
): readonly string[] {
  if (rows.length === 0) return ['no rows'];
  const table = { columns, rows: rows.slice(0, most) };
  const layout = layoutTable(table, width, kept);
  if (!isWhole(layout, table, kept))
    return table.rows.flatMap((row, index) => [
      `row ${index + 1} of ${rows.length}:`,
      ...columns.map((name) => `  ${harmlessLine(name)}: ${cellText(row[name])}`),
    ]);
  const gap = ' '.repeat(TABLE_GAP);
  const header = layout.header.join(gap);
  return [
    header.trimEnd(),
    '-'.repeat(widthOf(header.trimEnd())),
    ...layout.rows.map((cells) =>
      cells
        .map(({ text }) => text)
        .join(gap)
        .trimEnd(),
    ),
    ...(layout.hidden.length > 0 ? [`not shown: ${layout.hidden.join(', ')}`] : []),
    ...(rows.length > most ? [`… ${counted(rows.length - most, 'more row')}`] : []),
  ];
}

function outputTexts(output: OutputRecord): readonly string[] {
  if (output.bytes === 0) return [];
  const { text, isWhole } = outputEnd(output);
  const lines = harmless(text).trimEnd().split('\n');
  const shown = lines.slice(-MAX_LINES);
  const isCut = shown.length < lines.length || !isWhole;
  const where = isCut
    ? ` (the end; all ${counted(output.bytes, 'byte')} are in ${output.file})`
    : '';
  return [`${output.stream}${where}:`, ...shown.map((line) => `  ${line}`)];
}
