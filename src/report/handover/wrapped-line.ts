import { widthOf, wrapTo } from '#text/width.ts';
import type { PlainLine } from '../plain/line.ts';

/** What stands before a text: its indent, then the time of day, or the bar of a script's line. */
const BEFORE = /^( *)(\d\d:\d\d:\d\d |\| *|• |- )?/;

/** A text gets at least so many columns. */
const NARROWEST = 20;

/**
 * Returns a line broken at words to the width; what continues it stands under its text, behind the bar
 * of a script's line. What holds no space, e.g. a command to copy, is not broken.
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
