import { counted } from '#text/count.ts';
import { cutTo } from '#text/width.ts';
import { BOLD, DIM, type Line, line, span } from '../draw/line.ts';
import { inputLine, type TextInput } from '../keys/text-input.ts';

/** The number of lines of a multi-line input that are shown, around the cursor. */
const SHOWN_LINES = 5;

/** Returns a text input of one line, or of several pasted ones, with the cursor visible. */
export function entryLines(input: TextInput, width: number): readonly Line[] {
  const lines = linesOf(input);
  if (lines.length === 1) return [inputLine(line(' > '), input, width)];
  const at = lines.findLastIndex(({ start }) => start <= input.cursor);
  const from = Math.max(0, Math.min(at - Math.floor(SHOWN_LINES / 2), lines.length - SHOWN_LINES));
  const shown = lines.slice(from, from + SHOWN_LINES).map((one, index): Line => {
    const label = span(index + from === 0 ? ' > ' : ' │ ', DIM);
    const cursor = input.cursor - one.start;
    return index + from === at
      ? inputLine([label], { characters: one.characters, cursor }, width)
      : [label, span(cutTo(one.characters.join(''), Math.max(1, width - 3)), BOLD)];
  });
  return shown.length === lines.length
    ? shown
    : [...shown, line(` … of ${counted(lines.length, 'line')}`, DIM)];
}

type InputLine = { readonly start: number; readonly characters: readonly string[] };

function linesOf({ characters }: TextInput): readonly InputLine[] {
  const lines: InputLine[] = [];
  let start = 0;
  while (start <= characters.length) {
    const end = characters.indexOf('\n', start);
    const stop = end === -1 ? characters.length : end;
    lines.push({ start, characters: characters.slice(start, stop) });
    start = stop + 1;
  }
  return lines;
}
