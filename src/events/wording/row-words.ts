import type { Row } from '#runbook/model/value.ts';
import { counted } from '#text/count.ts';
import type { EventOf } from '../log/event.ts';
import type { PinnedRows, ShownAction, ShownChanges, SparedRow } from '../log/parts.ts';
import { cellText } from './table-layout.ts';

/** The number of rows named. */
const NAMED = 5;

/** Returns each spared row and the reason, e.g. `pid 184 (state: idle → active)`. */
export function sparedTexts(
  rows: readonly SparedRow[],
  columns: readonly string[],
): readonly string[] {
  const naming = namingColumns(
    rows.map(({ row }) => row),
    columns,
  );
  return rows.map(({ row, now }) => {
    const why = now === undefined ? 'no longer found' : differences(row, now, columns);
    return `${nameOf(row, naming)} (${why})`;
  });
}

/** Returns what is to be said after the rows of an open gate were read again, if anything. */
export function refreshedText({
  status,
  error = '',
}: Pick<EventOf<'gate.refreshed'>, 'status' | 'error'>): string | undefined {
  switch (status) {
    case 'same':
      return undefined;
    case 'changed':
      return 'The rows have changed: the gate is shown again. Nothing typed before counts.';
    case 'gone':
      return 'No rows are left now. Read again to continue without this step.';
    case 'failed':
      return `The rows could not be read again: ${error}`;
    case 'stopped':
      return 'The rows are no longer refreshed: this gate has been open for 10 minutes.';
  }
}

/** Returns a sentence on columns of `preview.volatile` that the rows lack, if any. */
export function missingColumnsTexts({ missing = [] }: PinnedRows): readonly string[] {
  if (missing.length === 0) return [];
  return [`preview.volatile names columns that the rows do not have: ${missing.join(', ')}.`];
}

/** Returns a sentence on the columns in which every row differed, if all were spared. */
export function allSparedText({
  rows,
  columns,
  left,
}: {
  readonly rows: readonly SparedRow[];
  readonly columns: readonly string[];
  readonly left: number;
}): string | undefined {
  const differing = columns.filter((column) =>
    rows.every(({ row, now }) => now && cellText(row[column]) !== cellText(now[column])),
  );
  if (left > 0 || differing.length === 0) return undefined;
  return `Every row differs in ${differing.join(', ')}. Name columns that always change in preview.volatile.`;
}

/** The rows of a gate, and those that are not among them. */
export type GateRows = Pick<EventOf<'gate.opened'>, 'leftOut' | 'preview'>;

/** Returns a sentence each on the rows that the operator has left out of a gate, and that it does not need. */
export function leftOutTexts({ leftOut = [], preview }: GateRows): readonly string[] {
  const { columns = [], rows = [], needed = 0, notNeeded = [] } = preview ?? {};
  const naming = namingColumns([...leftOut, ...rows, ...notNeeded], columns);
  const names = (some: readonly Row[]) => some.map((row) => nameOf(row, naming));
  const most = `${counted(needed, 'row is', 'rows are')} needed`;
  return [
    ...(notNeeded.length > 0 ? [`${most}. Not needed: ${listed(names(notNeeded))}.`] : []),
    ...(leftOut.length === 0 ? [] : [`Left out: ${names(leftOut).join('; ')}.`]),
  ];
}

/** Returns the rows that an answer to a gate can take back: left out by the operator, then not needed. */
export function rowsOutside({ leftOut = [], preview }: GateRows): readonly Row[] {
  return [...leftOut, ...(preview?.notNeeded ?? [])];
}

/** The rows that an answer to a gate leaves out and takes back, by their numbers from 1. */
export type LeavingOut = {
  readonly rows: readonly number[];
  readonly back?: readonly number[];
};

/** Returns what was answered to a gate by leaving rows out or taking them back. */
export function leavingOutText({ rows, back = [] }: LeavingOut): string {
  if (rows.length + back.length === 0) return 'reset which rows are left out';
  const named = (of: readonly number[]) => `${of.length === 1 ? 'row' : 'rows'} ${of.join(', ')}`;
  return [
    ...(rows.length === 0 ? [] : [`left out ${named(rows)}`]),
    ...(back.length === 0 ? [] : [`took back ${named(back)} of those outside`]),
  ].join(' and ');
}

/** Returns the differences from the previous gate, one sentence each. */
export function changesTexts(
  { server, rows }: ShownChanges,
  columns: readonly string[],
): readonly string[] {
  const { changed = [], gone = [], added = [] } = rows ?? {};
  const naming = namingColumns([...changed.map(({ row }) => row), ...gone, ...added], columns);
  const named = (found: readonly Row[]) => listed(found.map((row) => nameOf(row, naming)));
  return [
    ...(server ? ['The server, machine or folder is not the one that was shown.'] : []),
    ...(gone.length === 0 ? [] : [`${counted(gone.length, 'row')} gone: ${named(gone)}.`]),
    ...(added.length === 0 ? [] : [`${counted(added.length, 'row')} new: ${named(added)}.`]),
    ...(changed.length === 0 ? [] : [`Changed: ${listed(sparedTexts(changed, columns))}.`]),
  ];
}

function listed(texts: readonly string[]): string {
  const more = texts.length - NAMED;
  return texts.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** Returns the columns whose values, row by row, are exactly those of the action, if any. */
export function boundColumns(
  { kind, values }: Pick<ShownAction, 'kind' | 'values'>,
  { columns, rows }: PinnedRows,
): readonly string[] | undefined {
  const count = values.length / rows.length;
  if (kind !== 'sql' || rows.length < 2 || count === 0 || !Number.isInteger(count))
    return undefined;
  const found = Array.from({ length: count }, (_, place) =>
    columns.find((column) =>
      rows.every((row, index) => cellText(row[column]) === values[index * count + place]),
    ),
  );
  return found.every((column) => column !== undefined) ? found : undefined;
}

/** Returns the columns without which a gate does not tell what its action hits. */
export function tellingColumns(
  action: Pick<ShownAction, 'kind' | 'values'>,
  preview: PinnedRows,
): readonly string[] {
  const naming = namingColumns(preview.rows, preview.columns);
  return [...naming, ...(boundColumns(action, preview) ?? [])];
}

/** Returns the first columns that identify the rows, or the first one if none do. */
function namingColumns(rows: readonly Row[], columns: readonly string[]): readonly string[] {
  const count = columns.findIndex((_, index) => {
    const first = columns.slice(0, index + 1);
    return new Set(rows.map((row) => nameOf(row, first))).size === rows.length;
  });
  return columns.slice(0, Math.max(1, count + 1));
}

function nameOf(row: Row, columns: readonly string[]): string {
  return columns.map((column) => `${column} ${cellText(row[column])}`).join(', ');
}

function differences(row: Row, now: Row, columns: readonly string[]): string {
  const differing = columns.filter((column) => cellText(row[column]) !== cellText(now[column]));
  return differing
    .map((column) => `${column}: ${cellText(row[column])} → ${cellText(now[column])}`)
    .join(', ');
}
