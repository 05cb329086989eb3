import type { EventOf } from '#events/log/event.ts';
import type { RunView } from '#events/view/run-view.ts';
import { allSparedText, sparedTexts } from '#events/wording/row-words.ts';
import { counted } from '#text/count.ts';
import { nameOfOne } from './inside.ts';
import { type PlainLine, timed, under } from './line.ts';

/** Returns the spared rows of a confirmed change, and the reason. */
export function sparedLines(
  event: EventOf<'rows.spared'>,
  view: RunView,
  at: string,
): readonly PlainLine[] {
  const left = event.left === 0 ? 'nothing runs' : `${counted(event.left, 'row')} left`;
  const texts = sparedTexts(event.rows, event.columns).map((text) => `Spared: ${text}`);
  const all = allSparedText(event);
  const count = counted(event.rows.length, 'row');
  return [
    timed(at, `${nameOfOne(event, view)}${count} changed since the confirmation: ${left}`, 'warn'),
    ...under(all === undefined ? texts : [...texts, all], 'warn'),
  ];
}
