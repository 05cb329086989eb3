import { counted } from '#text/count.ts';

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
export function visibleBlanks(text: string): string {
  return text
    .replace(EMPTY_LINES, (run) => `\n‹${counted(run.split('\n').length - 2, 'empty line')}›\n`)
    .replace(BLANKS, (run) => `‹${counted(run.length, 'blank')}›`);
}
