import type { Json } from '#runbook/model/value.ts';
import type { Action } from '#safety/actions/action.ts';
import type { Hash } from '#safety/actions/digest.ts';
import type { MachineContext, PinnedRows, Visit } from '../context.ts';
import type { Acting } from '../placed-step.ts';
import { chosenRows, isSameChoice } from './chosen-rows.ts';
import { proposeChange } from './proposing.ts';
import { isOtherServer, serverOf } from './reached-server.ts';
import { undoOf } from './rendering.ts';
import { type RowChanges, rowChanges } from './row-changes.ts';

/** The consequence of reading the rows of a confirmed change again, right before it would run. */
export type Recheck =
  /** The rows are as shown: the change runs. */
  | 'as-shown'
  /** Some rows differ: the change runs without them. */
  | 'narrowed'
  /** All rows differ: nothing runs. */
  | 'all-spared'
  /** No rows remain: there is nothing to confirm. */
  | 'nothing-found'
  /** The confirmation does not cover the current rows: the gate is shown again. */
  | 'ask-again';

type Result = Readonly<Record<string, Json>>;

/**
 * Returns true if the targets now lead to another server than the one the pending change was shown
 * for, or its rows were read from.
 */
export function hasServerChanged(
  context: MachineContext,
  step: Acting,
  part: 'action' | 'undo',
): boolean {
  const { pending, preview } = context.visit;
  const { does } = step;
  const body = part === 'undo' ? undoOf(does)?.body : does.body;
  if (isOtherServer(pending?.server, serverOf(context, step, body))) return true;
  if (part === 'undo') return false;
  return isOtherServer(preview?.server, serverOf(context, step, does.preview?.body));
}

/** Returns the visit with the rows that were read; keeps what the gate showed before. */
export function withPreview(
  context: MachineContext,
  step: Acting,
  result: Result,
  at: string,
): Visit {
  const { shown: before, ...visit } = context.visit;
  const server = serverOf(context, step, step.does.preview?.body);
  const chosen = chosenRows(context, step, result);
  const preview = { ...chosen, at, ...(server === undefined ? {} : { server }) };
  const { pending } = visit;
  const shown = pending === undefined ? before : { server: pending.server, preview: visit.preview };
  return { ...visit, preview, ...(shown && { shown }) };
}

/** Returns the consequence of the rows read again after a confirmation. */
export function recheck(
  context: MachineContext,
  step: Acting,
  result: Result,
  hash: Hash,
): Recheck {
  const { confirmed } = context.visit;
  const changes = changesIn(context, step, result);
  if (changes === undefined) return 'nothing-found';
  const again = chosenRows(context, step, result).row_count === 0 ? 'nothing-found' : 'ask-again';
  if (confirmed === undefined || hasServerChanged(context, step, 'action')) return again;
  if (confirmed.isStale) return isSameChoice(context, step, result) ? 'as-shown' : again;
  const spared = changes.changed.length + changes.gone.length;
  if (spared === 0) return 'as-shown';
  if (changes.same.length === 0) return 'all-spared';
  return narrowed(context, step, result, hash) === undefined ? again : 'narrowed';
}

/** Returns what has become of a step's pinned rows, or undefined if there are none to compare. */
export function changesIn(
  { visit }: MachineContext,
  step: Acting,
  result: Result,
): RowChanges | undefined {
  const { preview } = visit;
  const { columns, rows } = result as Partial<PinnedRows>;
  if (preview === undefined || !Array.isArray(rows) || columns === undefined) return undefined;
  return rowChanges(preview, { columns, rows }, step.does.preview?.volatile ?? []);
}

/**
 * Returns the visit with only the rows that are still as shown, and the change rendered from them;
 * undefined if that would not be a part of what was confirmed.
 */
export function narrowed(
  context: MachineContext,
  step: Acting,
  result: Result,
  hash: Hash,
): Visit | undefined {
  const { visit } = context;
  const { preview, pending, confirmed } = visit;
  const changes = changesIn(context, step, result);
  if (changes === undefined || preview === undefined || pending === undefined) return undefined;
  const rows = changes.same;
  const spared = preview.rows.length - rows.length;
  const isFirstSpared = rows[0] !== preview.rows[0];
  const left = { ...preview, rows, row_count: rows.length, spared, isFirstSpared };
  const proposed = proposeChange(
    { ...context, visit: { ...visit, preview: left } },
    step,
    'action',
    hash,
    // The phrase was already typed.
    () => false,
  );
  if (proposed.pending === undefined) return undefined;
  return isPartOf(proposed.pending.action, pending.action)
    ? { ...proposed, ...(confirmed && { confirmed }) }
    : undefined;
}

/**
 * Returns true if a statement rendered from some of the rows does no more than the one from all of
 * them: it binds a subset of the values, in order, and no others.
 */
export function isPartOf(some: Action, all: Action): boolean {
  if (some.kind !== 'sql' || all.kind !== 'sql') return false;
  let at = 0;
  for (const value of all.values) {
    if (textOf(some.values[at]) === textOf(value)) at += 1;
  }
  return at === some.values.length;
}

function textOf(value: Json | undefined): string | undefined {
  return JSON.stringify(value);
}
