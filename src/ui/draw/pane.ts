import { BLANK, DIM, type Line, line } from './line.ts';

/** The content of the right side of the screen: the middle scrolls, both ends are fixed. */
export type Pane = {
  readonly head: readonly Line[];
  readonly body: readonly Line[];
  readonly foot: readonly Line[];
  /** The body starts at its end, like the tail of a log. */
  readonly tail?: boolean;
};

/** Returns the rows of each part of a pane; the head shrinks first, the foot last. */
export function roomsOf(
  pane: Pane,
  height: number,
): { readonly head: number; readonly body: number; readonly foot: number } {
  const foot = Math.min(pane.foot.length, height);
  const wanted = Math.min(pane.body.length, 3);
  const head = Math.max(0, Math.min(pane.head.length, height - foot - wanted));
  return { head, body: height - foot - head, foot };
}

/** Returns the scroll limit of the body of a pane. */
export function scrollLimit(pane: Pane, height: number): number {
  return Math.max(0, pane.body.length - roomsOf(pane, height).body);
}

/**
 * Returns exactly `height` lines; `scroll` counts from the start of the body. Content shorter than
 * the pane is aligned to its top; a tail keeps its foot at the bottom.
 */
export function fitPane(pane: Pane, height: number, scroll: number): readonly Line[] {
  const rooms = roomsOf(pane, height);
  const limit = scrollLimit(pane, height);
  const offset = Math.max(0, Math.min(scroll, limit));
  const tail = pane.tail === true;
  const body = windowOf(pane.body, tail ? limit - offset : offset, rooms.body);
  const empty = Array.from({ length: rooms.body - body.length }, (): Line => BLANK);
  return [
    ...pane.head.slice(0, rooms.head),
    ...body,
    ...(tail ? empty : []),
    ...pane.foot.slice(pane.foot.length - rooms.foot),
    ...(tail ? [] : empty),
  ];
}

/** Returns the lines from `start`, with a mark if there are more above or below. */
export function windowOf(
  lines: readonly Line[],
  start: number,
  room: number,
  indent = '',
): readonly Line[] {
  if (lines.length <= room) return lines;
  const shown = [...lines.slice(start, start + room)];
  const below = lines.length - start - room;
  if (room < 3) return shown;
  if (start > 0) shown[0] = line(`${indent}↑ ${start + 1} more`, DIM);
  if (below > 0) shown[room - 1] = line(`${indent}↓ ${below + 1} more`, DIM);
  return shown;
}
