import { counted } from '#text/count.ts';
import { harmless, harmlessLine } from '#text/harmless.ts';
import type { ShownAction } from '../log/event.ts';

/**
 * Returns the parameters of an action besides its text, one per line: the folder, the values (`$1 =
 * …`, or `NAME=value` of a script's environment) and the settings. The standard input is separate:
 * see {@link standardInput}.
 */
export function surroundingsOf(action: ShownAction): readonly string[] {
  const { kind, cwd, settings = [] } = action;
  const values = valuesByParameter(action);
  return [
    ...(cwd === undefined ? [] : [`folder: ${cwd}`]),
    ...values.map((value, index) => (kind === 'sql' ? `$${index + 1} = ${value}` : value)),
    ...settings,
  ].map((fact) => visibleBlanks(harmlessLine(fact)));
}

/** Returns the values of each parameter: several if the statement is sent once for each row. */
function valuesByParameter({ values, each = values.length }: ShownAction): readonly string[] {
  const others = (place: number) => values.filter((_, index) => index % each === place);
  return values.slice(0, each).map((_, place) => others(place).join(', '));
}

/** Returns the standard input of a script: its name with its size, and all its lines. */
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

/** Returns the displayed lines of a script or statement, without its terminator. */
export function actionText({ text }: ShownAction): string {
  return visibleBlanks(harmless(text).trimEnd());
}

/** Returns whether two actions are the same, parameters included. */
export function isSameAction(one: ShownAction, other: ShownAction | undefined): boolean {
  return other !== undefined && partsOf(one) === partsOf(other);
}

function partsOf({ kind, text, values, where, cwd, stdin, settings }: ShownAction): string {
  return JSON.stringify([kind, text, values, where, cwd, stdin, settings]);
}

/** Longer than any handwritten alignment or indentation. */
const MOST_BLANKS = 32;
/** The maximum number of consecutive empty lines. */
const MOST_EMPTY_LINES = 4;
const BLANKS = new RegExp(`[^\\S\\n]{${MOST_BLANKS + 1},}`, 'g');
const EMPTY_LINES = new RegExp(`\\n(?:[^\\S\\n]*\\n){${MOST_EMPTY_LINES + 1},}`, 'g');

/**
 * Replaces long runs of blanks and empty lines by a count, so that text after them is not pushed
 * out of view: `‹2500 blanks›`, `‹300 empty lines›`.
 */
function visibleBlanks(text: string): string {
  return text
    .replace(EMPTY_LINES, (run) => `\n‹${counted(run.split('\n').length - 2, 'empty line')}›\n`)
    .replace(BLANKS, (run) => `‹${counted(run.length, 'blank')}›`);
}
