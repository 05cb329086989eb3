import type { Json, Row } from '#runbook/model/value.ts';
import { harmlessLine } from '#text/harmless.ts';
import type { PinnedRows, ShownAction } from '../log/parts.ts';
import {
  boundColumns,
  type GateRows,
  type LeavingOut,
  rowsOutside,
  tellingColumns,
} from './row-words.ts';
import { cellText, type Rows } from './table-layout.ts';

/** The rows of a gate, in groups if they have much in common. */
export type GroupedRows = {
  /** The values that are equal in all rows, each after the name of its column. */
  readonly alike: readonly string[];
  /** The other columns: a line for each row, or for each group, the smallest first. */
  readonly table: Rows;
  /** The numbers of the rows of each group, from 1, by the letter of the group; empty without groups. */
  readonly groups: ReadonlyMap<string, readonly number[]>;
};

/** The columns of a table of groups that are not those of the rows. */
export const GROUP_COLUMNS = ['#', 'rows'] as const;

/** The number of rows from which on they are grouped, and of rows for each group on average. */
export const FEWEST_ROWS = 5;
const LEAST_EACH = 2;

/**
 * Groups the rows of a gate by what they have in common, apart from what only identifies a row and
 * from how long, since when and how many: of these a group has the least and the most. Rows that
 * have little in common, and fewer than `fewest`, are not grouped.
 */
export function groupedRows(
  action: Pick<ShownAction, 'kind' | 'values'>,
  preview: PinnedRows,
  fewest = FEWEST_ROWS,
): GroupedRows {
  const { rows } = preview;
  if (rows.length < 2) return { alike: [], table: preview, groups: new Map() };
  const texts = (column: string) => new Set(rows.map((row) => cellText(row[column])));
  const isAlike = (column: string) => texts(column).size === 1;
  const columns = preview.columns.filter((column) => !isAlike(column));
  const alike = preview.columns
    .filter(isAlike)
    .map((column) => `${harmlessLine(column)} ${cellText(rows[0]?.[column]) || '(empty)'}`);
  const bound = boundColumns(action, preview) ?? [];
  const isOwn = (column: string) => texts(column).size * LEAST_EACH > rows.length;
  const [name, ...others] = new Set(tellingColumns(action, preview).filter(isOwn));
  const folded = columns.filter(
    (column) => (isOwn(column) || bound.includes(column)) && isMoment(rows, column),
  );
  const shown = columns.filter((column) => !others.includes(column) && !folded.includes(column));
  const judged = shown.filter(
    (column) => column !== name && !(isOwn(column) && isWord(rows, column)),
  );
  const groups = groupsOf(rows, judged);
  const isClash = GROUP_COLUMNS.some((column) => preview.columns.includes(column));
  const isUnlike = alike.length + judged.length === 0;
  if (rows.length < fewest || isUnlike || groups.length * LEAST_EACH > rows.length || isClash)
    return { alike, table: { columns, rows }, groups: new Map() };
  const lettered = groups.map((numbers, index) => [letterOf(index), numbers] as const);
  const table = {
    columns: [...GROUP_COLUMNS, ...shown],
    rows: lettered.map(([letter, numbers]): Row => {
      const own = rows.filter((_, index) => numbers.includes(index + 1));
      const cells = shown.map((column) => [column, spanOf(own, column, column === name)] as const);
      return { '#': letter, rows: own.length, ...Object.fromEntries(cells) };
    }),
  };
  return { alike, table, groups: new Map(lettered) };
}

/** Returns whether the values of a column are moments. */
function isMoment(rows: readonly Row[], column: string): boolean {
  return rows.every((row) => measureOf(row[column] ?? null)?.kind === 'moment');
}

/** Returns whether the values of a column are words or addresses, which are not measured. */
function isWord(rows: readonly Row[], column: string): boolean {
  return rows.every((row) => {
    const value = row[column] ?? null;
    return measureOf(value) === undefined && !isStatement(cellText(value));
  });
}

/** Returns the numbers of the rows of each group: the smallest group first, then in the order of the rows. */
function groupsOf(rows: readonly Row[], judged: readonly string[]): readonly (readonly number[])[] {
  const found = new Map<string, number[]>();
  for (const [index, row] of rows.entries()) {
    const key = JSON.stringify(judged.map((column) => likeness(row[column] ?? null)));
    const group = found.get(key) ?? [];
    group.push(index + 1);
    found.set(key, group);
  }
  return [...found.values()].toSorted((one, other) => one.length - other.length);
}

/** Returns what values have in common that are alike for a decision. */
function likeness(value: Json): Json {
  const measure = measureOf(value);
  if (measure === undefined) return withoutValues(cellText(value));
  if (measure.kind !== 'time') return [measure.kind, measure.amount > 0];
  return LONG_TIMES.filter((limit) => measure.amount >= limit).length;
}

/** A minute, an hour and a day, in seconds: what lasts longer is not alike. */
const LONG_TIMES = [60, 3_600, 86_400];

/** A statement with other values does the same. */
function withoutValues(text: string): string {
  if (!isStatement(text)) return text;
  return text.replaceAll(/'(?:[^']|'')*'/g, '?').replaceAll(/\b\d+/g, '?');
}

function isStatement(text: string): boolean {
  return /\s/.test(text);
}

/** Returns the text of a column for several rows: of times and numbers the least and the most. */
function spanOf(rows: readonly Row[], column: string, isName: boolean): Json {
  const [first = null, ...others] = rows.map((row) => row[column] ?? null);
  if (others.every((other) => cellText(other) === cellText(first))) return first;
  if (isName) return `${cellText(first)} …`;
  const all = [first, ...others];
  const measured = all.map((value) => ({ value, amount: measureOf(value)?.amount }));
  if (measured.some(({ amount }) => amount === undefined)) return commonText(all);
  const sorted = measured.toSorted((one, other) => (one.amount ?? 0) - (other.amount ?? 0));
  return `${cellText(sorted[0]?.value)} – ${cellText(sorted.at(-1)?.value)}`;
}

function commonText(values: readonly Json[]): string {
  const [text = '', ...others] = new Set(values.map((value) => withoutValues(cellText(value))));
  return others.length === 0 ? text : `${others.length + 1} values`;
}

type Measure = { readonly kind: 'number' | 'time' | 'moment'; readonly amount: number };

/** A duration as PostgreSQL and MySQL write it: `3 days 04:05:06.7`, `838:59:59`. */
const DURATION = /^(?:(\d+) days? ?)?(?:(\d+):(\d\d):(\d\d(?:\.\d+)?))?$/;
const MOMENT = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d/;

/** Returns how much a value is, of a number, a duration (in seconds) or a moment; else undefined. */
function measureOf(value: Json): Measure | undefined {
  if (typeof value === 'number') return { kind: 'number', amount: value };
  if (typeof value !== 'string' || value === '') return undefined;
  if (MOMENT.test(value)) {
    const amount = Date.parse(value.replace(/([+-]\d\d)$/, '$1:00'));
    return Number.isNaN(amount) ? undefined : { kind: 'moment', amount };
  }
  const [whole, days = '0', hours = '0', minutes = '0', seconds = '0'] = DURATION.exec(value) ?? [];
  if (whole === undefined) return undefined;
  const amount =
    Number(days) * 86_400 + Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
  return { kind: 'time', amount };
}

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';

/** Returns `a` to `z`, then `aa`, `ab`, … */
function letterOf(index: number): string {
  const letter = LETTERS.charAt(index % LETTERS.length);
  return index < LETTERS.length
    ? letter
    : `${letterOf(Math.floor(index / LETTERS.length) - 1)}${letter}`;
}

type NamedGate = GateRows & { readonly action: ShownAction };

/**
 * Returns the rows whose first value or whose group was typed: those of the gate are left out, others
 * taken back; 0 stands for a value of no row.
 */
export function rowsNamed(gate: NamedGate | undefined, typed: string): LeavingOut {
  const { columns = [], rows = [] } = gate?.preview ?? {};
  const words = typed.split(/[\s,;]+/).filter((word) => word !== '');
  const numbersOf = (some: readonly Row[], word: string) =>
    some.flatMap((row, index) => (cellText(row[columns[0] ?? '']) === word ? [index + 1] : []));
  const groups = gate?.preview && groupedRows(gate.action, gate.preview).groups;
  const inside = words.map((word) => {
    const numbers = numbersOf(rows, word);
    return numbers.length > 0 ? numbers : (groups?.get(word) ?? []);
  });
  const outside = gate === undefined ? [] : rowsOutside(gate);
  const back = words.map((word, at) => (inside[at]?.length === 0 ? numbersOf(outside, word) : []));
  const isUnknown = words.some((_, at) => inside[at]?.length === 0 && back[at]?.length === 0);
  return {
    rows: [...inside.flat(), ...(isUnknown ? [0] : [])],
    ...(back.flat().length === 0 ? {} : { back: back.flat() }),
  };
}
