import { evaluate } from '#runbook/expression/cel.ts';
import type { Json } from '#runbook/model/value.ts';
import type { Hash } from '#safety/actions/digest.ts';
import type { MachineContext, PinnedRows, Visit } from '../context.ts';
import type { MachineEvent } from '../event.ts';
import type { Acting } from '../placed-step.ts';
import { proposeChange } from './proposing.ts';
import { rowChanges } from './row-changes.ts';
import { scopeOf } from './scope.ts';

type Result = Readonly<Record<string, Json>>;
type Rows = Pick<PinnedRows, 'columns' | 'rows'>;
type Row = PinnedRows['rows'][number];
type LeaveOut = Extract<MachineEvent, { type: 'LEAVE_OUT' }>;

/** The rows that a change is for, of those that were read. */
type Chosen = Omit<PinnedRows, 'at' | 'server'>;

/**
 * Returns the rows that a gate shows, of those that were read: the first ones that the step needs,
 * without those that the operator has left out, and with those that the operator has taken back. If
 * what it needs cannot be computed, none of them, and why.
 */
export function chosenRows(context: MachineContext, step: Acting, result: Result): Chosen {
  const { columns = [], rows = [], row_count = rows.length } = result as Partial<PinnedRows>;
  const read = { columns, rows, row_count };
  const needed = neededOf(context, step, read);
  if (typeof needed === 'string') return { columns, rows: [], row_count, unresolved: needed };
  const { leftOut, takenBack } = context.visit;
  const { volatile = [] } = step.does.preview ?? {};
  const isOut = memberOf(leftOut, read, volatile);
  const isBack = memberOf(takenBack, read, volatile);
  const most = needed ?? Infinity;
  const kept = rows.filter((row, index) => !isOut(row) && (index < most || isBack(row)));
  const unread = Math.min(row_count - rows.length, Math.max(0, most - rows.length));
  const others = rows.filter((row, index) => index >= most && !isOut(row) && !isBack(row));
  return {
    columns,
    rows: kept,
    row_count: kept.length + unread,
    ...(needed === undefined ? {} : { needed, notNeeded: others }),
  };
}

/** Returns how many rows the step needs, undefined without a limit, or why that is not known. */
function neededOf(
  context: MachineContext,
  step: Acting,
  read: Omit<PinnedRows, 'at'>,
): number | string | undefined {
  const { enough } = step.does.preview ?? {};
  if (enough === undefined || read.rows.length === 0) return undefined;
  const { leftOut: _, ...visit } = context.visit;
  const scope = scopeOf(context, step, { ...visit, preview: { ...read, at: '' } });
  const needed = evaluate(enough, scope);
  if (!needed.ok) return `how many rows are enough is not known: ${needed.reason}`;
  if (typeof needed.value === 'number' && Number.isInteger(needed.value) && needed.value >= 0)
    return needed.value;
  return `how many rows are enough has to be a whole number from 0, and is ${JSON.stringify(needed.value)}`;
}

function memberOf(some: Rows | undefined, read: Rows, volatile: readonly string[]) {
  if (some === undefined) return () => false;
  const others = new Set(rowChanges(some, read, volatile).added);
  return (row: Row) => !others.has(row);
}

/** Returns whether rows were read, and the step needs none of them. */
export function needsNone(context: MachineContext, step: Acting, result: Result): boolean {
  const { needed, row_count } = chosenRows(context, step, result);
  return needed === 0 && row_count === 0;
}

/** Returns whether the rows that were read lead to the gate that is shown. */
export function isSameChoice(context: MachineContext, step: Acting, result: Result): boolean {
  const { preview } = context.visit;
  if (preview === undefined) return false;
  const now = chosenRows(context, step, result);
  const { changed, gone, added } = rowChanges(preview, now, step.does.preview?.volatile ?? []);
  return changed.length + gone.length + added.length === 0;
}

/** Returns the visit with rows of its gate left out and others taken back; with neither, as the step chose them. */
export function leaveOut(
  visit: Visit,
  { rows: numbers, back = [] }: Pick<LeaveOut, 'rows' | 'back'>,
): Visit {
  const { preview, leftOut, takenBack, ...rest } = visit;
  if (preview === undefined) return visit;
  if (numbers.length + back.length === 0) return { ...rest, preview };
  const { columns } = preview;
  const isNamed = (_: unknown, index: number) => numbers.includes(index + 1);
  const returned = rowsOutside(visit).filter((_, index) => back.includes(index + 1));
  const out = preview.rows.filter(isNamed);
  const without = (rows: Rows | undefined, some: readonly Row[]) =>
    (rows?.rows ?? []).filter((row) => !some.includes(row));
  const rows = preview.rows.filter((row, index) => !isNamed(row, index));
  return {
    ...visit,
    preview: { ...preview, rows, row_count: rows.length },
    leftOut: { columns, rows: [...without(leftOut, returned), ...out] },
    takenBack: { columns, rows: [...without(takenBack, out), ...returned] },
  };
}

/** Returns the rows that a gate shows as left out: by the operator, then those that are not needed. */
function rowsOutside({ leftOut, preview }: Visit): readonly Row[] {
  return [...(leftOut?.rows ?? []), ...(preview?.notNeeded ?? [])];
}

/** The consequence of leaving rows out: the rows are read again, some go, all go, or it is refused. */
export type LeavingOut = 'reread' | 'some' | 'all' | 'refused';

/** Returns the consequence of leaving rows out, or taking them back. */
export function leavingOut(
  context: MachineContext,
  step: Acting,
  { digest, rows, back = [] }: LeaveOut,
  hash: Hash,
): LeavingOut {
  const { visit } = context;
  const { length = 0 } = visit.preview?.rows ?? [];
  const isAmong = (numbers: readonly number[], count: number) =>
    numbers.every((number) => number >= 1 && number <= count);
  if (digest !== visit.pending?.digest) return 'refused';
  if (!isAmong(rows, length) || !isAmong(back, rowsOutside(visit).length)) return 'refused';
  if (rows.length === 0 || back.length > 0) return 'reread';
  if (new Set(rows).size === length) return 'all';
  return dependsOn(context, step, { rows }, hash) ? 'some' : 'refused';
}

/** Returns whether the pending change would be another one without these rows of its gate. */
function dependsOn(
  context: MachineContext,
  step: Acting,
  numbers: Pick<LeaveOut, 'rows'>,
  hash: Hash,
): boolean {
  const visit = leaveOut(context.visit, numbers);
  const { pending } = proposeChange({ ...context, visit }, step, 'action', hash, () => false);
  return JSON.stringify(pending?.action) !== JSON.stringify(context.visit.pending?.action);
}
