import { COLOUR_SEQUENCE, UNDRAWN } from './invisible.ts';

const COLOUR = new RegExp(COLOUR_SEQUENCE, 'g');
const LINE_END = /\r\n|[\u2028\u2029]/g;
// Joiners between pictographs and variation selectors are part of what is drawn, so they stay.
const OF_PICTURES =
  /(?<=[\p{Extended_Pictographic}\p{Emoji_Modifier}])\ufe0f?\u200d(?=\p{Extended_Pictographic})|(?<=\p{Extended_Pictographic})[\ufe0e\ufe0f]|\ufe0f(?=\u20e3)/u;
// Tabs and line ends are already replaced; the rest is undrawn, or half of a surrogate pair.
const UNSAFE = new RegExp(`(${OF_PICTURES.source})|${UNDRAWN}|\\p{Surrogate}`, 'gu');
const TAB = /\t/g;
const NEEDS_WORK = /[^\n\u0020-\u007e]/;

/**
 * Returns text that a terminal only prints. Colors are dropped, every other control character and
 * escape sequence is made visible (`␛`, `␇`), text that reorders or hides other text becomes `�`,
 * and tabs become spaces. Line breaks stay. Idempotent.
 */
export function harmless(text: string): string {
  if (!NEEDS_WORK.test(text)) return text;
  return text
    .replace(LINE_END, '\n')
    .replace(COLOUR, '')
    .replace(TAB, '  ')
    .replace(UNSAFE, visible);
}

/** Returns harmless text on one line: line breaks become `↵`. */
export function harmlessLine(text: string): string {
  return harmless(text).replaceAll('\n', '↵');
}

function visible(character: string, ofPicture: string | undefined): string {
  if (ofPicture !== undefined) return character;
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '␡' : '\ufffd';
}
