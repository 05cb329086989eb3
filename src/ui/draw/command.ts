import type { ShownAction } from '#events/log/event.ts';
import { actionText, standardInput, surroundingsOf } from '#events/wording/action-surroundings.ts';
import { counted } from '#text/count.ts';
import { wrapCode } from '#text/width.ts';
import { DIM, flowing, type Line, line, span } from './line.ts';

/** Returns an action's complete text with all its parameters. */
export function commandLines(action: ShownAction, width: number): readonly Line[] {
  return [
    ...codeLines(action, width),
    ...packedValues(action, width),
    ...inputLines(action, width),
  ];
}

/** Returns an action's text and values in at most `room` lines, and how to see the rest. */
export function commandStart(action: ShownAction, width: number, room: number): readonly Line[] {
  const all = commandLines(action, width);
  if (all.length <= room) return all;
  const kept = all.slice(0, Math.max(0, room - 1));
  return [...kept, line(`  … ${counted(all.length - kept.length, 'more line')}: d shows all`, DIM)];
}

/** Returns an action's complete text without its parameters. */
export function codeLines(action: ShownAction, width: number): readonly Line[] {
  return quoted(actionText(action), width);
}

/** Returns the complete standard input of a script. */
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

/** Returns the complete folder, values and settings of an action, several on a line. */
export function packedValues(action: ShownAction, width: number): readonly Line[] {
  return flowing(
    surroundingsOf(action).map((fact) => line(fact)),
    width,
    '  ',
  );
}

/** Returns the location where an action runs. */
export function whereLine(action: ShownAction): Line {
  return line(`on ${action.where}`);
}
