import type { ShownAction } from '#events/log/event.ts';
import type { PinnedRows } from '#events/log/parts.ts';
import { tellRows, valuesOfRowsText } from '#events/telling/gate.ts';
import type { GateView, RunView } from '#events/view/run-view.ts';
import { reportedText } from '#events/wording/change-text.ts';
import { FEWEST_ROWS } from '#events/wording/row-groups.ts';
import { boundColumns } from '#events/wording/row-words.ts';
import { isWhole, layoutTable } from '#events/wording/table-layout.ts';
import { counted } from '#text/count.ts';
import { timeOfDay } from '#text/duration.ts';
import { harmlessLine } from '#text/harmless.ts';
import { codeLines, inputLines, packedValues } from '../draw/command.ts';
import { BLANK, DIM, flowing, type Line, limited, line, wrapped } from '../draw/line.ts';
import { tableLines } from '../draw/table.ts';

/** A list of parameters in a statement, of more than two values or rows. */
const ROW = String.raw`\((?:\$\d+(?:, )?)+\)`;
const LISTS = [
  new RegExp(`(${ROW}), (?:${ROW}, )+(${ROW})`, 'g'),
  /(\$\d+), (?:\$\d+, )+(\$\d+)(?=\))/g,
];

/** The number of lines above which the values are shown below the rows. */
const SHORT_VALUES = 2;
/** The minimum number of lines of the statement if there is room. */
const LEAST_CODE = 3;
/** The lines of the column heads and the first row, if there is room. */
const FIRST_ROW = 2;
const FIRST_ROWS = 6;
/** The number of lines below which values are only reached by scrolling. */
const ROOM_FOR_VALUES = 8;

/** The parts of a gate from which its rows are told. */
type Rows = Pick<GateView, 'action' | 'preview'>;

/** How the rows of a gate are listed: each of them, or in groups. */
export type Listing = 'rows' | 'groups';

/** Returns the complete statement with its parameters and all the rows it affects. */
export function actionLines(gate: GateView, width: number, by: Listing): readonly Line[] {
  const values = valueLines(gate, width, by);
  const rows = rowsLines(gate, width, by, Infinity);
  const parts = values.length <= SHORT_VALUES ? [values, rows] : [rows, values];
  return [
    ...statementLines(gate, width),
    ...inputLines(gate.action, width),
    ...parts.flatMap((part) => (part === rows && part.length > 0 ? [BLANK, ...part] : part)),
  ];
}

/**
 * Returns all the rows that an SQL statement affects with as much of the statement as fits in `room`
 * lines; undefined if that is too little of it, or if the gate shows no rows.
 */
export function rowsFirst(
  gate: GateView,
  width: number,
  by: Listing,
  room: number,
): readonly Line[] | undefined {
  if (gate.preview === undefined || gate.action.kind !== 'sql') return undefined;
  const rows = rowsLines(gate, width, by, Infinity);
  const code = statementLines(gate, width);
  const all = valueLines(gate, width, by, false);
  const isCut = code.length + all.length + rows.length > room;
  // Other values than those of the rows are never left to scrolling.
  const values = isCut && boundColumns(gate.action, gate.preview) !== undefined ? [] : all;
  const left = room - rows.length - values.length;
  if (left < Math.min(LEAST_CODE, code.length)) return undefined;
  return [...cutCode(code, left), ...values, ...rows];
}

/** Returns the number of lines down to the first rows that must be visible at once. */
export function rowsBegin(gate: GateView, width: number, by: Listing): number {
  const count = gate.preview?.rows.length ?? 0;
  const rows = rowsLines(gate, width, by, Infinity);
  const values = valueLines(gate, width, by);
  const before = statementLines(gate, width).length + inputLines(gate.action, width).length;
  const above = values.length <= SHORT_VALUES ? values.length : 0;
  const first = count === 0 ? 0 : Math.min(rows.length, FIRST_ROWS);
  return before + above + first;
}

/**
 * Returns the same in at most `room` lines: the first rows are visible, omissions are mentioned.
 */
export function actionStart(
  gate: GateView,
  width: number,
  by: Listing,
  room: number,
): readonly Line[] {
  const all = actionLines(gate, width, by);
  if (all.length <= room || room < 1) return all.slice(0, Math.max(0, room));
  const { preview } = gate;
  const code = [...statementLines(gate, width), ...inputLines(gate.action, width)];
  const values = room < ROOM_FOR_VALUES ? [] : shortValues(gate, width, by);
  const most = rowsLines(gate, width, by, Infinity).length;
  const least = Math.min(most, room < ROOM_FOR_VALUES ? FIRST_ROW : FIRST_ROWS);
  const codeRoom = Math.max(
    Math.min(room < ROOM_FOR_VALUES ? 1 : LEAST_CODE, code.length),
    room - values.length - least,
  );
  const start = [...cutCode(code, codeRoom), ...values].slice(0, room);
  return [
    ...start,
    ...(preview === undefined ? [] : rowsStart(gate, preview, width, by, room - start.length)),
  ];
}

/** Returns as many rows as fit below their heads, and the number omitted if there is room. */
function rowsStart(
  gate: GateView,
  preview: PinnedRows,
  width: number,
  by: Listing,
  room: number,
): readonly Line[] {
  let count = preview.rows.length;
  let rows = rowsLines(gate, width, by, count);
  while (rows.length > room && count > 1) {
    count = Math.max(1, count - (rows.length - room));
    rows = rowsLines(gate, width, by, count);
  }
  // What is equal in all rows comes first, unless that would push the first of several groups out.
  const alike = by === 'groups' ? alikeLines(gate, width).length : 0;
  const isOneGroup = tellRows(gate.action, preview, FEWEST_ROWS).table.rows.length === 1;
  const isPushed = alike > 0 && alike + FIRST_ROW > room && !isOneGroup;
  const ordered = isPushed ? [...rows.slice(alike), ...rows.slice(0, alike)] : rows;
  return ordered.slice(0, Math.max(0, room));
}

function cutCode(code: readonly Line[], room: number): readonly Line[] {
  if (code.length <= room) return code;
  if (room <= 1) return code.slice(0, room);
  const shown = code.slice(0, room - 1);
  const more = counted(code.length - shown.length, 'more line');
  return [...shown, line(`  … ${more}: Tab shows all`, DIM)];
}

/** Returns the statement; a list of parameters that are the rows has only its ends. */
function statementLines({ action, preview }: GateView, width: number): readonly Line[] {
  const isOfRows = preview !== undefined && boundColumns(action, preview) !== undefined;
  const text = isOfRows
    ? LISTS.reduce((folded, list) => folded.replaceAll(list, '$1, … $2'), action.text)
    : action.text;
  return codeLines({ ...action, text }, width);
}

function shortValues(gate: GateView, width: number, by: Listing): readonly Line[] {
  const values = valueLines(gate, width, by, false);
  if (values.length <= SHORT_VALUES) return values;
  return [line(`  ${counted(gate.action.values.length, 'value')}: Tab shows all`, DIM)];
}

/**
 * Returns the rows, or their groups, and what is equal in all of them. The columns that the action is
 * bound to are whole, if the width allows.
 */
function rowsLines(
  { action, preview }: Rows,
  width: number,
  by: Listing,
  most: number,
): readonly Line[] {
  if (preview === undefined) return [];
  if (by === 'rows') return tableLines(preview, width, most, boundColumns(action, preview));
  const { table, kept } = tellRows(action, preview, FEWEST_ROWS);
  return [
    ...alikeLines({ action, preview }, width),
    ...(table.columns.length === 0 ? [] : tableLines(table, width, most, kept)),
  ];
}

/** Returns what is equal in all rows of a gate. */
function alikeLines({ action, preview }: Rows, width: number): readonly Line[] {
  const alike = preview === undefined ? [] : tellRows(action, preview, FEWEST_ROWS).alike;
  if (alike.length === 0) return [];
  return flowing([line('in all rows:'), ...alike.map((one) => line(one))], width);
}

/**
 * Returns the parameters of the action. Values that repeat columns of the rows are omitted; if not
 * `whole`, only if those columns are visible.
 */
function valueLines(gate: GateView, width: number, by: Listing, whole = true): readonly Line[] {
  const { action, preview } = gate;
  const columns = preview && boundColumns(action, preview);
  const isSeen = preview && columns && areSeen(action, preview, columns, width, by);
  if (columns === undefined || (whole && isSeen !== true)) return packedValues(action, width);
  const ofRows = preview && valuesOfRowsText(action, preview);
  return [
    ...packedValues({ ...action, values: [] }, width),
    ...wrapped(`${ofRows} below: Tab shows all`, width, {}, '  '),
  ];
}

/** Returns whether columns are whole on the gate, or folded with the rows of a group. */
function areSeen(
  action: ShownAction,
  preview: PinnedRows,
  columns: readonly string[],
  width: number,
  by: Listing,
): boolean {
  if (by === 'rows') return isWhole(layoutTable(preview, width, columns), preview, columns);
  const { table, isGrouped } = tellRows(action, preview, FEWEST_ROWS);
  const others = columns.filter((name) => table.columns.includes(name));
  return isGrouped || isWhole(layoutTable(table, width, others), table, others);
}

/**
 * Returns what an undo reverts: the action, its time, who confirmed it, and the reason for the
 * undo.
 */
export function undoneLines(view: RunView, gate: GateView, width: number): readonly Line[] {
  const change = view.changes?.findLast(
    ({ step, item, undo }) =>
      step === gate.step && item?.index === gate.item?.index && undo !== 'done',
  );
  const why = view.undoing?.step === gate.step ? view.undoing.reason : '';
  return [
    ...(change === undefined
      ? []
      : wrapped(
          change.state === 'by-hand'
            ? `reverts the change by hand, ${reportedText(change)} UTC by ${change.operator}:`
            : `reverts the change made at ${timeOfDay(change.at)} UTC, confirmed by ${change.operator}:`,
          width,
        )),
    ...(change?.action === undefined
      ? []
      : limited(
          wrapped(
            harmlessLine(change.action.text.trim().replaceAll(/\s+/g, ' ')),
            width,
            DIM,
            '│ ',
          ),
          2,
        )),
    ...(why === '' ? [] : limited(wrapped(`why: ${why}`, width), 2)),
  ];
}
