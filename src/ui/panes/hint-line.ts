import { widthOf } from '#text/width.ts';
import { ACCENT, cutLine, type Line, lineWidth, span, WARN } from '../draw/line.ts';

/** A key and its current function. */
export type Hint = readonly [key: string, label: string];

/** Returns as many keys as fit; the last two, help and exit, always fit. */
export function hintLine(all: readonly Hint[], width: number, notice: string | undefined): Line {
  const start: Line = notice === undefined ? [] : [span(` ${notice} `, WARN)];
  const pinned = all.slice(-2);
  let room = width - lineWidth(start) - pinned.reduce((sum, hint) => sum + hintWidth(hint), 0);
  const shown = all.slice(0, -2).filter((hint) => {
    room -= hintWidth(hint);
    return room >= 0;
  });
  const keys = [...shown, ...pinned].flatMap(([key, label]) => [
    span(` ${key}`, ACCENT),
    span(` ${label} `),
  ]);
  return cutLine([...start, ...keys], width);
}

function hintWidth([key, label]: Hint): number {
  return widthOf(key) + widthOf(label) + 3;
}
