import type { ShownItem } from './event.ts';

/** Returns the key of an action among concurrent ones: the step, and its item. */
export function keyOf(about: {
  readonly step: string;
  readonly item?: ShownItem | undefined;
}): string {
  return about.item === undefined ? about.step : `${about.step} ${about.item.index}`;
}
