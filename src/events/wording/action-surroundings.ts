import { counted } from '#text/count.ts';
import { harmless, harmlessLine } from '#text/harmless.ts';
import type { ShownAction } from '../log/event.ts';
import { visibleBlanks } from './visible-blanks.ts';

/**
 * Returns what an action runs with besides its text, one fact a line: the folder, the values (`$1 = …`,
 * or `NAME=value` of a script's environment) and the settings. The standard input is apart: see
 * {@link standardInput}.
 */
export function surroundingsOf(action: ShownAction): readonly string[] {
  const { kind, cwd, values, settings = [] } = action;
  return [
    ...(cwd === undefined ? [] : [`folder: ${cwd}`]),
    ...values.map((value, index) => (kind === 'sql' ? `$${index + 1} = ${value}` : value)),
    ...settings,
  ].map((fact) => visibleBlanks(harmlessLine(fact)));
}

/** Returns the standard input of a script: what it is called, with its size, and every line of it. */
export function standardInput({
  stdin,
}: ShownAction): { readonly title: string; readonly lines: readonly string[] } | undefined {
  if (stdin === undefined) return undefined;
  const lines = stdin.replace(/\n$/, '').split('\n');
  const size = `${counted(lines.length, 'line')}, ${counted(stdin.length, 'character')}`;
  return {
    title: stdin === '' ? 'standard input: empty' : `standard input, ${size}:`,
    lines: stdin === '' ? [] : visibleBlanks(harmless(lines.join('\n'))).split('\n'),
  };
}

/** Returns the lines of a script or statement as they are shown, without what ends it. */
export function actionText({ text }: ShownAction): string {
  return visibleBlanks(harmless(text).trimEnd());
}

/** Returns whether two actions are the same, all they run with included. */
export function isSameAction(one: ShownAction, other: ShownAction | undefined): boolean {
  return other !== undefined && partsOf(one) === partsOf(other);
}

function partsOf({ kind, text, values, where, cwd, stdin, settings }: ShownAction): string {
  return JSON.stringify([kind, text, values, where, cwd, stdin, settings]);
}
