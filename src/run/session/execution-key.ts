import type { ShownItem } from '#events/log/event.ts';

/** Returns what tells actions apart that run at the same time: the step, and the item of it. */
export function keyOf(about: {
  readonly step: string;
  readonly item?: ShownItem | undefined;
}): string {
  return about.item === undefined ? about.step : `${about.step} ${about.item.index}`;
}
