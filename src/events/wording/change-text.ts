import { endsIncident } from '#runbook/model/outcomes.ts';
import { counted } from '#text/count.ts';
import { timeOfDay } from '#text/duration.ts';
import type { ChangeView, RunView } from '../view/run-view.ts';
import { doneText } from './count-words.ts';
import { itemText } from './phrases.ts';

const STATE: { readonly [S in Exclude<ChangeView['state'], 'by-hand'>]: string } = {
  running: 'outcome unknown',
  unknown: 'outcome unknown',
  failed: 'failed',
  'not-sent': 'not sent, nothing was changed',
  succeeded: '',
};

const TAKEN_AS_DONE = 'its end was not seen, taken as done';

const UNDO = {
  failed: 'its undo failed',
  'not-sent': 'its undo was not sent',
  unknown: 'its undo has an unknown outcome',
} as const;

/** Returns the word before a change in a list of what was changed, and what was not. */
export function changeLabel({ state }: ChangeView): 'changed' | 'not changed' {
  return state === 'not-sent' ? 'not changed' : 'changed';
}

/**
 * Describes a change of the run, its rows, its operator, and its status: undone, failed, or still in
 * place.
 */
export function changeText(change: ChangeView, view: RunView): string {
  const stands = changeState(change, view);
  return `${changeWords(change)} (${change.operator})${stands === '' ? '' : ` · ${stands}`}`;
}

/**
 * Returns when a change by hand was shown and when it was reported (UTC). It was made at some time
 * between them.
 */
export function reportedText({ at, shownAt }: ChangeView): string {
  const shown = shownAt === undefined ? '' : `shown at ${timeOfDay(shownAt)}, `;
  return `${shown}reported done at ${timeOfDay(at)}`;
}

/** Returns what a change did: its title, its item and its rows. */
export function changeWords(change: ChangeView): string {
  const { title, item } = change;
  const which = item === undefined ? '' : ` ${itemText(item)}`;
  const rows = changeRowsText(change);
  return `${title}${which}${rows === undefined ? '' : `: ${rows}`}`;
}

/** Returns the status of a change; empty if it took effect and was meant to stay. */
export function changeState(change: ChangeView, { outcome }: RunView): string {
  return standing(change, endsIncident(outcome));
}

/**
 * Returns the values that a change replaced, or what it did to its only session or to its rows, of
 * those it had pinned, and how many were spared; `undefined` if its statement counts nothing.
 */
export function changeRowsText({ rows, action, state }: ChangeView): string | undefined {
  if (rows?.moved !== undefined && state === 'succeeded')
    return rows.moved.map(({ name, from, to }) => `${name} ${from} → ${to}`).join(', ');
  const { affected, pinned, spared = 0 } = rows ?? {};
  const left = spared === 0 ? undefined : `${counted(spared, 'row')} spared`;
  // A KILL of one pinned session returns no count.
  const count = affected ?? (state === 'succeeded' ? pinned : undefined);
  if (action === undefined || count === undefined) return left;
  const all = pinned === undefined ? count : pinned + spared;
  const session = all === 1 && count === 1 ? rows?.session : undefined;
  const many = doneText(action, count, all, session);
  if (many === undefined || spared === 0) return many ?? left;
  return `${many}, ${spared} spared`;
}

function standing(change: ChangeView, isResolved: boolean): string {
  const { state, undo, takenAsDone } = change;
  if (undo === 'done') return 'undone';
  // After a resolved run, changes were meant to stay.
  const stays =
    isResolved || (state !== 'succeeded' && state !== 'by-hand') ? '' : 'still in place';
  const undoing = undo === undefined ? '' : UNDO[undo];
  const seen = takenAsDone === true ? TAKEN_AS_DONE : undefined;
  const how = seen ?? (state === 'by-hand' ? reportedText(change) : STATE[state]);
  return [how, stays, undoing].filter((text) => text !== '').join(', ');
}
