import { ACTION_KINDS, isActionKind } from '#runbook/kinds/action-kinds.ts';
import type { StepError } from '#runbook/model/step-error.ts';
import type { Json, Row } from '#runbook/model/value.ts';
import { counted } from '#text/count.ts';
import type { EventOf, OutputRecord, ShownAction, ShownValue } from '../log/event.ts';
import { standardInput, surroundingsOf } from '../wording/action-surroundings.ts';
import { endWord } from '../wording/end-word.ts';
import { errorName, errorText, valueText } from '../wording/phrases.ts';
import { type Block, fold, list, rowsBlocks } from './block.ts';
import { code, joined, type Part, type Said, say, strong } from './say.ts';

/** The length above which an output is truncated in the middle. */
const SHOWN_OUTPUT = 16 * 1024;
/** The number of values that fit on one line: pinned rows are also shown as a table. */
const FEW_VALUES = 6;
/** The number of lines above which an output is folded. */
const OPEN_LINES = 6;

/** A pause and a connection are told as a probe is. */
function wordsOf(kind: ShownAction['kind']) {
  return ACTION_KINDS[isActionKind(kind) ? kind : 'probe'];
}

/** Returns an action exactly as it ran, with its parameters and with secrets masked. */
export function actionBlocks(
  action: ShownAction,
  parameters: readonly string[] = surroundingsOf(action),
): readonly Block[] {
  if (action.kind === 'wait') return [action.text];
  const facts = parameters.map(code);
  const isMany = facts.length > FEW_VALUES;
  const input = standardInput(action);
  const around = [...(isMany ? [joined(facts)] : facts), ...(input ? [input.title] : [])];
  return [
    { kind: 'code', language: wordsOf(action.kind).language, text: action.text },
    ...(around.length === 0 ? [] : [list(around)]),
    ...(action.stdin === undefined || action.stdin === ''
      ? []
      : [{ kind: 'code' as const, language: 'text', text: action.stdin }]),
  ];
}

/** Returns an action and its parameters as list items of one line each. */
export function actionFacts(action: ShownAction): readonly Part[] {
  const { kind, stdin } = action;
  return [
    say`${wordsOf(kind).heading}: ${code(action.text.trimEnd())}`,
    ...surroundingsOf(action).map(code),
    ...(stdin === undefined ? [] : [say`Standard input: ${code(stdin)}`]),
  ];
}

/**
 * Describes the end of an action, without its rows and outputs; of a change with what it did, not
 * with the rows that it returned.
 */
export function endOf(
  event: EventOf<'step.finished'>,
  change?: { readonly done: string | undefined },
): Said {
  const { result = {}, error } = event;
  if (event.status !== 'succeeded') {
    const word = strong(endWord(event, change !== undefined));
    return error === undefined ? say`${word}` : say`${word}: ${failure(error)}`;
  }
  if (change !== undefined && !('exit_code' in result) && !('status_code' in result))
    return change.done === undefined ? say`succeeded` : say`succeeded, ${change.done}`;
  if (typeof result.row_count === 'number')
    return say`succeeded, ${counted(result.row_count, 'row')}`;
  if (typeof result.status_code === 'number') return say`succeeded, status ${result.status_code}`;
  return 'exit_code' in result
    ? say`succeeded, exit code ${String(result.exit_code)}`
    : say`succeeded`;
}

/** Returns the kind of a failure, its phase and its hint. */
export function failure(error: StepError): Said {
  const place = error.at === undefined ? '' : ` (runbook line ${error.at.line}:${error.at.column})`;
  const hint = error.hint === undefined ? '' : `. Hint: ${error.hint}`;
  const name = errorText(error) === error.message ? '' : say`${code(errorName(error))} `;
  return say`${name}${error.message}${place}${hint}`;
}

/** Returns the rows and outputs of an action that ended. */
export function resultBlocks(
  event: EventOf<'step.finished'>,
  outputs: (file: string) => string | undefined,
): readonly Block[] {
  const { columns, rows, truncated } = event.result ?? {};
  const table = isColumns(columns) && isRows(rows) ? rowsBlocks(columns, rows) : [];
  // The gate shows the rows of its preview open.
  const isCopy = event.part === 'preview' || event.part === 'recheck';
  return [
    ...(isCopy && table.length > 0 ? [fold('the rows', table)] : table),
    ...(truncated === true ? ['More rows were returned than were kept.'] : []),
    ...event.outputs.flatMap((output) => outputBlocks(output, outputs(output.file))),
  ];
}

/** Returns the values of a check's first row, which conditions use. */
export function checkText(event: EventOf<'step.finished'>): Said {
  const rows = event.result?.rows;
  const row = Array.isArray(rows) ? rows[0] : undefined;
  const values = Object.entries((row ?? {}) as Record<string, Json>).slice(0, 8);
  if (event.error !== undefined || values.length === 0) return endOf(event);
  return valuesText(values.map(([name, value]) => ({ name, value })));
}

/** Returns `name = value` for each value, as code. */
export function valuesText(values: readonly ShownValue[]): Said {
  return joined(values.map(({ name, value }) => code(`${name} = ${valueText(value)}`)));
}

function outputBlocks(output: OutputRecord, whole: string | undefined): readonly Block[] {
  const { stream, file, bytes, droppedBytes } = output;
  const dropped = droppedBytes > 0 ? `, ${counted(droppedBytes, 'more byte')} not kept` : '';
  const title = `${stream}: ${counted(bytes, 'byte')} in ${file}${dropped}`;
  const isWhole = whole !== undefined && droppedBytes === 0 && whole.length <= SHOWN_OUTPUT;
  const shown = isWhole ? whole : ends(output);
  const block: Block = { kind: 'code', language: 'text', text: shown };
  const isShort = shown.trimEnd().split('\n').length <= OPEN_LINES && shown.length < 1_000;
  return isShort ? [title, block] : [fold(title, [block])];
}

function ends({ head, tail, bytes, droppedBytes }: OutputRecord): string {
  const left = bytes + droppedBytes - byteLength(head) - byteLength(tail);
  return left > 0 ? `${head}\n… ${counted(left, 'byte')} omitted …\n${tail}` : head + tail;
}

function byteLength(value: string): number {
  return new TextEncoder().encode(value).length;
}

function isColumns(value: Json | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string');
}

function isRows(value: Json | undefined): value is readonly Row[] {
  return Array.isArray(value) && value.every((row) => typeof row === 'object' && row !== null);
}
