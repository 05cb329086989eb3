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
 * Describes a change of the run, its operator, and its status: undone, failed, or still in place.
 */
export function changeText(change: ChangeView, { outcome }: RunView): string {
  const { title, item, operator } = change;
  const which = item === undefined ? '' : ` ${itemText(item)}`;
  const stands = standing(change, outcome === 'resolved');
  return `${title}${which} (${operator})${stands === '' ? '' : ` · ${stands}`}`;
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
