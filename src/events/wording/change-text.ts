import { counted } from '#text/count.ts';
import type { ChangeView, RunView } from '../view/run-view.ts';
import { itemText } from './phrases.ts';

const STATE: { readonly [S in ChangeView['state']]: string } = {
  running: 'outcome unknown',
  unknown: 'outcome unknown',
  failed: 'failed',
  succeeded: '',
  'by-hand': 'done by hand',
};

/**
 * Describes a change of the run, its rows, its operator, and its status: undone, failed, or still in
 * place.
 */
export function changeText(change: ChangeView, view: RunView): string {
  const stands = changeState(change, view);
  return `${changeWords(change)} (${change.operator})${stands === '' ? '' : ` · ${stands}`}`;
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
  return standing(change, outcome === 'resolved');
}

/**
 * Returns the number of rows that a change affected, of those it had pinned, and how many were
 * spared; `undefined` if nothing was counted.
 */
export function changeRowsText({ rows }: ChangeView): string | undefined {
  const { affected, pinned, spared = 0 } = rows ?? {};
  if (affected === undefined) return spared === 0 ? undefined : `${counted(spared, 'row')} spared`;
  const all = pinned === undefined ? undefined : pinned + spared;
  const isAll = all === undefined || all === affected;
  const many = isAll ? counted(affected, 'row') : `${affected} of ${counted(all, 'row')}`;
  return spared === 0 ? many : `${many}, ${spared} spared`;
}

function standing({ state, undo }: ChangeView, isResolved: boolean): string {
  if (undo === 'done') return 'undone';
  // After a resolved run, changes were meant to stay.
  const stays =
    isResolved || (state !== 'succeeded' && state !== 'by-hand') ? '' : 'still in place';
  const undoing =
    undo === undefined ? '' : `its undo ${undo === 'failed' ? 'failed' : 'has an unknown outcome'}`;
  return [STATE[state], stays, undoing].filter((text) => text !== '').join(', ');
}
