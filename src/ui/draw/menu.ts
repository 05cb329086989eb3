import type { Choice } from '#events/wording/choices.ts';
import { padTo, widthOf } from '#text/width.ts';
import { ACCENT, BOLD, DIM, type Line, type Span, span } from './line.ts';
import { windowOf } from './pane.ts';

/** The number of answers up to which one digit chooses an answer. */
export const MOST_DIGITS = 9;

/** Returns choices as a menu, one per line, or packed with as many per line as fit. */
export function menuLines(
  choices: readonly Choice[],
  width: number,
  packed: boolean,
): readonly Line[] {
  if (packed)
    return packLines(
      choices.map(({ key, label }) => [key, label]),
      width,
    );
  const column = Math.max(0, ...choices.map(({ label }) => widthOf(label))) + 2;
  return choices.map(({ key, label, says }): Line => {
    return [span(` ${key}  `, ACCENT), span(padTo(label, column)), span(says, DIM)];
  });
}

/** Returns choices in two lines at most; the help has them all, with what they do. */
export function shortMenu(choices: readonly Choice[], width: number): readonly Line[] {
  // The footer has the key that leaves.
  const shown = choices.filter(({ name }) => name !== 'leave');
  return packLines(
    shown.map(({ key, label }) => [key, label]),
    width,
  ).slice(0, 2);
}

/** Returns entries one per line, with the selected one marked; `room` lines around it. */
export function selectable(
  entries: readonly {
    readonly title: string;
    readonly before?: Line;
    readonly note?: string;
  }[],
  cursor: number,
  room: number,
): readonly Line[] {
  const lines = entries.map(({ title, before = [], note }, index): Line => {
    const isOn = index === cursor;
    return [
      span(isOn ? ' ▸ ' : '   ', ACCENT),
      ...before,
      span(title, isOn ? BOLD : {}),
      ...(note === undefined ? [] : [span(`  ${note}`, DIM)]),
    ];
  });
  const start = Math.min(cursor - Math.floor(room / 2), lines.length - room);
  return windowOf(lines, Math.max(0, start), room);
}

/** Returns keys with their labels, filled into lines. */
export function packLines(
  keys: readonly (readonly [key: string, label: string])[],
  width: number,
): readonly Line[] {
  const lines: Span[][] = [[]];
  let used = 0;
  for (const [key, label] of keys) {
    const needed = widthOf(key) + widthOf(label) + 4;
    if (used > 0 && used + needed > width) {
      lines.push([]);
      used = 0;
    }
    lines.at(-1)?.push(span(` ${key}`, ACCENT), span(` ${label}  `));
    used += needed;
  }
  return lines;
}
