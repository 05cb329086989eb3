import { widthOf, wrapTo } from '#text/width.ts';
import type { PlainLine } from '../plain/line.ts';

/** The prefix of a text: its indentation, then the time of day, or the bar of a script's line. */
const BEFORE = /^( *)(\d\d:\d\d:\d\d |\| *|• |- )?/;

/** The minimum width of a text, in columns. */
const NARROWEST = 20;

/**
 * Wraps a line at words; continuation lines are aligned with its text, after the bar of a script's
 * line. Text without spaces, e.g. a command to copy, is not broken.
 */
export function wrappedLine({ text, ...line }: PlainLine, columns: number): readonly PlainLine[] {
  if (widthOf(text) <= columns) return [{ text, ...line }];
  const [before = '', indent = '', mark = ''] = BEFORE.exec(text) ?? [];
  const isCode = mark.startsWith('|');
  const under = isCode ? `${indent}${mark}    ` : ' '.repeat(before.length);
  const words = text.slice(before.length);
  const width = Math.max(NARROWEST, columns - under.length);
  if (!words.includes(' ')) return [{ text, ...line }];
  return wrapTo(words, width).map((part, index) => ({
    text: `${index === 0 ? before : under}${part}`,
    ...line,
  }));
}
