import type { ShownAction } from '#events/log/event.ts';
import { actionText, standardInput, surroundingsOf } from '#events/wording/action-surroundings.ts';
import { counted } from '#text/count.ts';
import { wrapCode } from '#text/width.ts';
import { DIM, flowing, type Line, line, span } from './line.ts';

/** Returns an action's exact text with all it runs with, every character of it. */
export function commandLines(action: ShownAction, width: number): readonly Line[] {
  return [
    ...codeLines(action, width),
    ...packedValues(action, width),
    ...inputLines(action, width),
  ];
}

/** Returns an action's text and values in at most `room` lines, and says how to see the rest. */
export function commandStart(action: ShownAction, width: number, room: number): readonly Line[] {
  const all = commandLines(action, width);
  if (all.length <= room) return all;
  const kept = all.slice(0, Math.max(0, room - 1));
  return [...kept, line(`  … ${counted(all.length - kept.length, 'more line')}: d shows all`, DIM)];
}

/** Returns an action's exact text without what it runs with. */
export function codeLines(action: ShownAction, width: number): readonly Line[] {
  return quoted(actionText(action), width);
}

/** Returns the standard input of a script, every line of it. */
export function inputLines(action: ShownAction, width: number): readonly Line[] {
  const input = standardInput(action);
  return input === undefined
    ? []
    : [line(`  ${input.title}`), ...quoted(input.lines.join('\n'), width)];
}

function quoted(text: string, width: number): readonly Line[] {
  return text === ''
    ? []
    : wrapCode(text, width - 2).map((part): Line => [span('│ ', DIM), span(part)]);
}

/** Returns the folder, values and settings of an action, every character of them, several on a line. */
export function packedValues(action: ShownAction, width: number): readonly Line[] {
  return flowing(
    surroundingsOf(action).map((fact) => line(fact)),
    width,
    '  ',
  );
}

/** Returns where an action runs. */
export function whereLine(action: ShownAction): Line {
  return line(`on ${action.where}`);
}
