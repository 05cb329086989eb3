import type { ShownAction } from '../events/event.ts';
import { harmless } from '../events/harmless.ts';
import { counted, shownValues } from '../events/phrases.ts';
import { wrapCode } from '../events/text-width.ts';
import { DIM, flowing, type Line, line, span } from './line.ts';

/** Returns an action's exact text with its values, every character of it. */
export function commandLines(action: ShownAction, width: number): readonly Line[] {
  return [...codeLines(action, width), ...packedValues(action, width)];
}

/** Returns an action's text and values in at most `room` lines, and says how to see the rest. */
export function commandStart(action: ShownAction, width: number, room: number): readonly Line[] {
  const all = commandLines(action, width);
  if (all.length <= room) return all;
  const kept = all.slice(0, Math.max(0, room - 1));
  return [...kept, line(`  … ${counted(all.length - kept.length, 'more line')}: d shows all`, DIM)];
}

/** Returns an action's exact text without its values. */
export function codeLines(action: ShownAction, width: number): readonly Line[] {
  const text = harmless(action.text).trimEnd();
  return wrapCode(text, width - 2).map((part): Line => [span('│ ', DIM), span(part)]);
}

/** Returns the values of an action, every character of them, several on a line. */
export function packedValues(action: ShownAction, width: number): readonly Line[] {
  return flowing(
    shownValues(action).map((value) => line(value)),
    width,
    '  ',
  );
}

/** Returns where an action runs. */
export function whereLine(action: ShownAction): Line {
  return line(`on ${action.where}`);
}
