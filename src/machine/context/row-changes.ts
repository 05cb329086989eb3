import type { Json } from '#runbook/model/value.ts';
import type { PinnedRows } from '../context.ts';

type Row = PinnedRows['rows'][number];
type Rows = Pick<PinnedRows, 'columns' | 'rows'>;

/** A row that has other values now. */
export type ChangedRow = { readonly row: Row; readonly now: Row };

/** What became of rows when they were read again. */
export type RowChanges = {
  /** Those of before that are there as they were. */
  readonly same: readonly Row[];
  readonly changed: readonly ChangedRow[];
  readonly gone: readonly Row[];
  readonly added: readonly Row[];
};

/** Returns a row without the columns that only inform. */
export function stablePart(row: Row, volatile: readonly string[]): Row {
  const kept = Object.entries(row).filter(([column]) => !volatile.includes(column));
  return kept.length === 0 ? row : Object.fromEntries(kept);
}

/**
 * Returns what became of rows, by the columns that are not volatile. Whether a row that differs is the
 * same one with other values is told by the first columns that tell all rows apart.
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

/** Returns the first columns that tell the rows of each reading apart; none when all of them do not. */
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
