// biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is what this is for
const COLOUR = /\u001b\[[0-9;:]*m/g;
const LINE_END = /\r\n|[\u2028\u2029]/g;
// Controls but tab and newline; what reorders or hides text; halves of a surrogate pair.
const UNSAFE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is what this is for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]|\p{Surrogate}/gu;
const TAB = /\t/g;
const NEEDS_WORK = /[^\n\u0020-\u007e]/;

/**
 * Returns text that a terminal only prints: colours are dropped, every other control character and
 * escape sequence is made visible (`␛`, `␇`), text that reorders or hides other text becomes `�`, tabs
 * become spaces. Line breaks stay. Applying it twice changes nothing more.
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

function visible(character: string): string {
  const code = character.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  return code === 0x7f ? '␡' : '\ufffd';
}
