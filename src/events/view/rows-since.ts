import type { Json, Row } from '#runbook/model/value.ts';
import { counted } from '#text/count.ts';
import type { PinnedRows } from '../log/parts.ts';
import { cellText } from '../wording/table-layout.ts';

/** The number of rows named. */
const NAMED = 5;

/**
 * Describes the differences of a gate's rows when they were read again: none, or which are gone and
 * which are new. The first columns that identify all rows name them.
 */
export function rowsSince(before: PinnedRows, now: PinnedRows): string {
  const columns = tellingColumns(before, now);
  const old = new Map(before.rows.map((row) => [nameOf(row, columns), row]));
  const here = new Map(now.rows.map((row) => [nameOf(row, columns), row]));
  const gone = [...old.keys()].filter((name) => !here.has(name));
  const come = [...here.keys()].filter((name) => !old.has(name));
  const others = now.columns.filter((column) =>
    [...here].some(([name, row]) => old.has(name) && differs(old.get(name), row, column)),
  );
  const values = others.length === 0 ? '' : `, other values of ${others.join(', ')}`;
  // Single rows without an identifying column are the same row.
  if (before.rows.length === 1 && now.rows.length === 1 && others.length > 0)
    return `1 row then as now${values}`;
  if (gone.length + come.length === 0 && before.rows.length === now.rows.length)
    return `the same ${counted(now.rows.length, 'row')}${values}`;
  if (gone.length + come.length === 0)
    return `${counted(before.rows.length, 'row')} then, ${now.rows.length} now${values}`;
  const parts = [
    ...(gone.length === 0 ? [] : [`${gone.length} gone: ${named(gone)}`]),
    ...(come.length === 0 ? [] : [`${come.length} new: ${named(come)}`]),
  ];
  return `${parts.join(' · ')}${values}`;
}

function tellingColumns(before: PinnedRows, now: PinnedRows): readonly string[] {
  const { columns } = now;
  const count = columns.findIndex((_, index) => {
    const first = columns.slice(0, index + 1);
    return [before, now].every(({ rows }) => {
      return new Set(rows.map((row) => nameOf(row, first))).size === rows.length;
    });
  });
  return count === -1 ? columns : columns.slice(0, count + 1);
}

function nameOf(row: Row, columns: readonly string[]): string {
  return columns.map((column) => cellText(row[column])).join(' ');
}

function named(names: readonly string[]): string {
  const more = names.length - NAMED;
  return names.slice(0, NAMED).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

function differs(one: Row | undefined, other: Row, column: string): boolean {
  const text = (value: Json | undefined) => JSON.stringify(value);
  return text(one?.[column]) !== text(other[column]);
}
