import { counted } from '#text/count.ts';

/** Longer than any alignment or indent that is written by hand. */
const MOST_BLANKS = 32;
/** More empty lines than these stand together for no reader. */
const MOST_EMPTY_LINES = 4;
const BLANKS = new RegExp(`[^\\S\\n]{${MOST_BLANKS + 1},}`, 'g');
const EMPTY_LINES = new RegExp(`\\n(?:[^\\S\\n]*\\n){${MOST_EMPTY_LINES + 1},}`, 'g');

/**
 * Returns text in which long runs of blanks and of empty lines are said in words, so that what comes
 * after them is not pushed out of sight: `‹2500 blanks›`, `‹300 empty lines›`.
 */
export function visibleBlanks(text: string): string {
  return text
    .replace(EMPTY_LINES, (run) => `\n‹${counted(run.split('\n').length - 2, 'empty line')}›\n`)
    .replace(BLANKS, (run) => `‹${counted(run.length, 'blank')}›`);
}
