/**
 * Sequences and characters that a display drops. Sanitizing and masking share this definition: no
 * dropped character may stand between two parts of a secret and keep it from being recognized.
 */

/**
 * The source of a regular expression for a sequence that sets colors and styles, which every
 * display drops.
 */
export const COLOUR_SEQUENCE = '\\u001b\\[[0-9;:]*m';

/**
 * The source of a regular expression, with the flag `u`, for control characters except tab and
 * newline, and for characters that are drawn as nothing or reorder text.
 */
export const UNDRAWN =
  '[\\u0000-\\u0008\\u000b-\\u001f\\u007f-\\u009f\\u2800\\p{Default_Ignorable_Code_Point}]';

type CodeAt = (at: number) => number | undefined;

/** The maximum length of an escape sequence, in code units or bytes. Anything longer is text. */
const LONGEST_SEQUENCE = 4_096;
const LONGEST_PARAMETERS = 64;

/**
 * Returns the length of the escape sequence (CSI, OSC and the other command strings, and those of
 * two or three characters) that starts with the ESC at an offset: 0 for none, -1 if the text ends
 * inside it. `codeAt` returns the code unit or byte at an offset, or undefined after the last one.
 */
export function escapeLength(codeAt: CodeAt, at: number): number {
  const kind = codeAt(at + 1);
  if (kind === undefined) return -1;
  if (kind === 0x5b) return controlLength(codeAt, at);
  if ('PX]^_'.includes(String.fromCharCode(kind))) return commandLength(codeAt, at);
  let end = at + 1;
  while (isWithin(codeAt(end), 0x20, 0x2f) && end < at + 8) end += 1;
  if (codeAt(end) === undefined) return -1;
  return isWithin(codeAt(end), 0x30, 0x7e) ? end + 1 - at : 0;
}

/** Removes the escape sequences from a text. */
export function withoutEscapes(text: string): string {
  const codeAt = (at: number) => (at < text.length ? text.charCodeAt(at) : undefined);
  const kept: string[] = [];
  let from = 0;
  for (let at = text.indexOf('\u001b'); at !== -1; at = text.indexOf('\u001b', at)) {
    const length = escapeLength(codeAt, at);
    if (length > 0) {
      kept.push(text.slice(from, at));
      from = at + length;
    }
    at += Math.max(1, length);
  }
  return kept.join('') + text.slice(from);
}

function controlLength(codeAt: CodeAt, at: number): number {
  const most = at + 2 + LONGEST_PARAMETERS;
  let end = at + 2;
  while (isWithin(codeAt(end), 0x20, 0x3f) && end < most) end += 1;
  if (codeAt(end) === undefined) return -1;
  return isWithin(codeAt(end), 0x40, 0x7e) ? end + 1 - at : 0;
}

/** Returns the length of a command string, which ends with BEL or ESC \. */
function commandLength(codeAt: CodeAt, at: number): number {
  const most = at + LONGEST_SEQUENCE;
  for (let end = at + 2; end < most; end += 1) {
    const code = codeAt(end);
    if (code === undefined) return -1;
    if (code === 0x07) return end + 1 - at;
    if (code !== 0x1b) continue;
    const next = codeAt(end + 1);
    return next === undefined ? -1 : next === 0x5c ? end + 2 - at : 0;
  }
  return 0;
}

function isWithin(code: number | undefined, first: number, last: number): boolean {
  return code !== undefined && code >= first && code <= last;
}
