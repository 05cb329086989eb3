import type { Json, Row } from '#runbook/model/value.ts';
import type { EventOf } from '../log/event.ts';
import { stepOf } from './place-in-run.ts';
import type { ChangedSession, ChangeRows, MovedValue, RunView } from './run-view.ts';

/** Returns the rows of a change that is about to start. */
export function rowsBefore(
  view: RunView,
  { step: id, item }: EventOf<'step.started'>,
): ChangeRows | undefined {
  const step = stepOf(view, id);
  const isOfItem = (one: { readonly item?: { readonly index: number } }) =>
    one.item?.index === item?.index;
  const { rows } = view.confirmed?.step === id ? view.confirmed : {};
  if (rows === undefined) return undefined;
  const spared = (step?.spared ?? [])
    .filter(isOfItem)
    .reduce((sum, { rows: gone }) => sum + gone.length, 0);
  const moved = movedValues(rows);
  const session = onlySession(rows);
  return {
    ...{ pinned: rows.length - spared, spared },
    ...(moved.length === 0 ? {} : { moved }),
    ...(session === undefined ? {} : { session }),
  };
}

function onlySession([row, ...others]: readonly Row[]): ChangedSession | undefined {
  const { pid, rows_rolled_back: rolledBack, rows_changed: changedRows = rolledBack } = row ?? {};
  if (typeof pid !== 'number' || others.length > 0) return undefined;
  return { pid, ...(typeof changedRows === 'number' ? { changedRows } : {}) };
}

function movedValues([row, ...others]: readonly Row[]): readonly MovedValue[] {
  if (row === undefined || others.length > 0) return [];
  return Object.entries(row).flatMap(([column, from]) => {
    const name = column.replace(/^old_/, '');
    const to = row[`new_${name}`];
    return name === column || to === undefined ? [] : [{ name, from, to }];
  });
}

/** Returns the rows of a change after it ended. */
export function rowsAfter(
  before: ChangeRows | undefined,
  { result }: EventOf<'step.finished'>,
): ChangeRows | undefined {
  const affected = affectedRows(result);
  if (affected === undefined) return before;
  return { spared: 0, ...before, affected };
}

/**
 * A statement without rows counts those it affected. One with rows says it per row, as a truth
 * value, or as a single number.
 */
function affectedRows(result: Readonly<Record<string, Json>> | undefined): number | undefined {
  const { rows, row_count: count } = result ?? {};
  if (!Array.isArray(rows) || typeof count !== 'number') return undefined;
  if (rows.length === 0) return count > 0 ? count : undefined;
  const values = rows.map((row) => Object.values(row as Row));
  const [single = []] = values;
  if (values.length === 1 && single.length === 1 && typeof single[0] === 'number') return single[0];
  return values.filter((row) => !row.includes(false)).length;
}
