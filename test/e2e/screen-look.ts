import { masked } from './screen-masks.ts';
import { LARGER, type Size, SMALL } from './screen-page.ts';
import type { Scene } from './screen-story.ts';
import type { OpenTerminal } from './terminal.ts';

/** Returns what is shown, without what is different each time. */
export function shown(terminal: OpenTerminal): string {
  return asShown(terminal.text());
}

/** Returns a screen without what is different each time, and without the spaces at the ends of lines. */
export function asShown(screen: string): string {
  return masked(screen.replaceAll(/ +$/gm, '')).trimEnd();
}

/** Tells whether a screen is one of the document's; most that are not are told by their last line. */
export function isShown(screen: string, expected: string | undefined): boolean {
  const [last = ''] = expected?.match(/.*$/) ?? [];
  const [lastNow = ''] = screen.trimEnd().match(/.*$/) ?? [];
  return asShown(lastNow) === asShown(last) && asShown(screen) === expected;
}

/**
 * Looks at a state at the sizes it is shown at, and at the largest, and returns to the first one;
 * `look` gets a terminal whose rules are as wide as it is.
 */
export async function throughSizes(
  scene: Scene,
  terminal: OpenTerminal,
  look: (size: Size) => Promise<void>,
): Promise<void> {
  await look(SMALL);
  if (scene.asItIs === true) return;
  for (const size of scene.larger === true ? LARGER : LARGER.slice(-1)) {
    terminal.resize(size.columns, size.rows);
    await terminal.waitFor((screen) => isFramed(screen, size));
    await look(size);
  }
  terminal.resize(SMALL.columns, SMALL.rows);
  await look(SMALL);
}

/** Tells whether a frame fills the terminal: its rules go from edge to edge, its keys stand below. */
export function isFramed(screen: string, { columns, rows }: Size): boolean {
  const lines = screen.split('\n');
  const rules = lines.filter((line) => /^─+[┬┴─]─*$/.test(line) && line.length === columns);
  return (
    rules.length === 2 && lines.length === rows && lines.every((line) => line.length <= columns)
  );
}
