import { stablePart } from '#runbook/model/row-columns.ts';
import type { Json } from '#runbook/model/value.ts';
import type { PinnedRows } from '../context.ts';

type Row = PinnedRows['rows'][number];
type Rows = Pick<PinnedRows, 'columns' | 'rows'>;

/** A row whose values have changed. */
type ChangedRow = { readonly row: Row; readonly now: Row };

/** The differences of rows that were read again. */
export type RowChanges = {
  /** The earlier rows that are unchanged. */
  readonly same: readonly Row[];
  readonly changed: readonly ChangedRow[];
  readonly gone: readonly Row[];
  readonly added: readonly Row[];
};

/**
 * Returns the differences of rows, ignoring volatile columns. The first columns that identify every
 * row decide whether a different row is a changed one.
 */
export function rowChanges(before: Rows, now: Rows, volatile: readonly string[]): RowChanges {
  const left = [...now.rows];
  const take = (isWanted: (row: Row) => boolean): Row | undefined => {
    const index = left.findIndex(isWanted);
    return index === -1 ? undefined : left.splice(index, 1)[0];
  };
  const whole = (row: Row) => textOf(stablePart(row, volatile));
  const same = before.rows.filter((row) => take((other) => whole(other) === whole(row)));
  const others = before.rows.filter((row) => !same.includes(row));
  const naming = namingColumns(before, now, volatile);
  const nameOf = (row: Row) => textOf(naming.map((column) => row[column] ?? null));
  const pairs = others.map((row) => ({
    row,
    now: naming.length === 0 ? undefined : take((other) => nameOf(other) === nameOf(row)),
  }));
  return {
    same,
    changed: pairs.flatMap(({ row, now: found }) =>
      found === undefined ? [] : [{ row, now: found }],
    ),
    gone: pairs.flatMap(({ row, now: found }) => (found === undefined ? [row] : [])),
    added: left,
  };
}

/** Returns the first columns that identify the rows of each reading; none if all of them do not. */
function namingColumns(before: Rows, now: Rows, volatile: readonly string[]): readonly string[] {
  const columns = before.columns.filter((column) => !volatile.includes(column));
  const count = columns.findIndex((_, index) => {
    const first = columns.slice(0, index + 1);
    return [before, now].every(
      ({ rows }) =>
        new Set(rows.map((row) => textOf(first.map((c) => row[c] ?? null)))).size === rows.length,
    );
  });
  return columns.slice(0, count + 1);
}

function textOf(value: Json): string {
  return JSON.stringify(value);
}
