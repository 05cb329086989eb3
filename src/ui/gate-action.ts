import type { ShownAction } from '../events/event.ts';
import type { PinnedRows } from '../events/event-parts.ts';
import { counted } from '../events/phrases.ts';
import { cellText } from '../events/table-layout.ts';
import type { GateView } from '../events/view.ts';
import { codeLines, inputLines, packedValues } from './command.ts';
import { BLANK, DIM, type Line, line, wrapped } from './line.ts';
import { tableLines } from './table.ts';

/** More lines of values than this stand below the rows. */
const SHORT_VALUES = 2;
/** The fewest lines of the statement, and of the rows with their heads, where there is little room. */
const LEAST_CODE = 3;
const LEAST_ROWS = 6;

/** Returns the statement with its values, and the rows it hits: every line of them. */
export function actionLines(gate: GateView, width: number): readonly Line[] {
  const values = valueLines(gate, width);
  const rows = gate.preview === undefined ? [] : tableLines(gate.preview, width, Infinity);
  const parts = values.length <= SHORT_VALUES ? [values, rows] : [rows, values];
  return [
    ...codeLines(gate.action, width),
    ...inputLines(gate.action, width),
    ...parts.flatMap((part) => (part === rows && part.length > 0 ? [BLANK, ...part] : part)),
  ];
}

/** Returns the same in at most `room` lines: whom it hits is in sight, and what is left out is said. */
export function actionStart(gate: GateView, width: number, room: number): readonly Line[] {
  const all = actionLines(gate, width);
  if (all.length <= room || gate.preview === undefined) return all;
  const code = codeLines(gate.action, width);
  const values = shortValues(gate, width);
  const most = Math.min(LEAST_ROWS, gate.preview.rows.length + 2);
  const codeRoom = Math.max(LEAST_CODE, room - values.length - most);
  const start = code.length <= codeRoom ? code : cutCode(gate, code, codeRoom);
  const left = room - start.length - values.length;
  let count = gate.preview.rows.length;
  let rows = tableLines(gate.preview, width, count);
  while (rows.length > left && count > 1) {
    count = Math.max(1, count - (rows.length - left));
    rows = tableLines(gate.preview, width, count);
  }
  return [...start, ...values, ...rows];
}

function cutCode(gate: GateView, code: readonly Line[], room: number): readonly Line[] {
  const shown = code.slice(0, room - 1);
  const more = counted(code.length - shown.length, 'more line');
  return [...shown, line(`  … ${more}: ${detailsKey(gate)} shows all`, DIM)];
}

function shortValues(gate: GateView, width: number): readonly Line[] {
  const values = valueLines(gate, width);
  if (values.length <= SHORT_VALUES) return values;
  return [
    line(`  ${counted(gate.action.values.length, 'value')}: ${detailsKey(gate)} shows all`, DIM),
  ];
}

/** The values of the action; those that are columns of the rows, row by row, are not told twice. */
function valueLines(gate: GateView, width: number): readonly Line[] {
  const { action, preview } = gate;
  const columns = action.kind === 'sql' && preview ? columnsOf(action.values, preview) : undefined;
  if (columns === undefined) return packedValues(action, width);
  const rows = counted(preview?.rows.length ?? 0, 'row');
  const of = `${columns.join(', ')} of the ${rows} below`;
  return wrapped(`${placeholders(action)} = ${of}: ${detailsKey(gate)} shows all`, width, {}, '  ');
}

/** Returns the columns whose values, row after row, are exactly these; nothing when they are others. */
function columnsOf(
  values: readonly string[],
  { columns, rows }: PinnedRows,
): readonly string[] | undefined {
  const width = values.length / rows.length;
  if (rows.length < 2 || !Number.isInteger(width)) return undefined;
  const found = Array.from({ length: width }, (_, place) =>
    columns.find((column) =>
      rows.every((row, index) => cellText(row[column]) === values[index * width + place]),
    ),
  );
  return found.every((column) => column !== undefined) ? found : undefined;
}

function placeholders({ values }: ShownAction): string {
  return `$1–$${values.length}`;
}

function detailsKey({ level }: GateView): string {
  return level === 'key' ? 'd' : '^D';
}
