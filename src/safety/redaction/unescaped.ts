import { ENTITIES } from './html-entities.ts';
import {
  NO_UNIT,
  NOTHING,
  plainView,
  RAW_BYTE,
  rewrittenView,
  UNFINISHED,
  type Unit,
  type UnitReader,
  unitOf,
  type View,
} from './view.ts';
import { visibleOf } from './visible.ts';

/** The maximum number of nested encodings: JSON in a URL in JSON. */
const MOST_LAYERS = 4;
/** The maximum number of times one character is encoded the same way. */
const MOST_REPEATS = 16;
const LINE_END = 0x0a;
const [PERCENT, BACKSLASH, AMPERSAND, PLUS, HASH, SEMICOLON] = [0x25, 0x5c, 0x26, 0x2b, 0x23, 0x3b];

const DECODING: UnitReader = {
  leads: leads(PERCENT, BACKSLASH, AMPERSAND, PLUS),
  read(bytes, at, ended) {
    const reader = READERS[bytes[at] as number];
    if (reader === undefined) return NO_UNIT;
    const unit = reader(bytes, at);
    if (unit !== UNFINISHED || !ended) return unit;
    return reader(Uint8Array.of(...bytes.subarray(at), LINE_END), 0);
  },
};
/**
 * Characters without which a text needs no decoding: a `+` for a space decides nothing by itself.
 */
const TELLING = ['%', '\\', '&'];

const READERS: Readonly<Record<number, (bytes: Uint8Array, at: number) => Unit>> = {
  [PERCENT]: percentAt,
  [BACKSLASH]: backslashAt,
  [AMPERSAND]: entityAt,
  [PLUS]: () => unitOf(1, 0x20),
};

/**
 * Returns a view with percent codes, backslash escapes and HTML entities decoded, in any nesting
 * and mixture. A backslash before any other character is dropped, and `+` is read as a space.
 * Unless the text has ended, an unfinished code at its end is left out.
 */
export function unescapedView(of: View, ended: boolean): View {
  return isTelling(of) ? decoded(of, ended) : of;
}

/** Decodes bytes as {@link unescapedView} does for a text with codes. */
export function unescaped(bytes: Uint8Array): Uint8Array {
  return decoded(visibleOf(plainView(bytes), true).shown, true).bytes;
}

function decoded(of: View, ended: boolean): View {
  let view = of;
  for (let layer = 0; layer < MOST_LAYERS; layer += 1) {
    const read = rewrittenView(view, DECODING, ended);
    if (read === view) break;
    view = visibleOf(read, ended).shown;
    if (!isTelling(view)) break;
  }
  return view;
}

function isTelling({ text }: View): boolean {
  return TELLING.some((char) => text.includes(char));
}

/** Reads `%41`, `%2541` or `%u0041`. */
function percentAt(bytes: Uint8Array, at: number): Unit {
  let end = at + 1;
  for (let count = 0; count < MOST_REPEATS && isText(bytes, end, '25'); count += 1) end += 2;
  if (bytes[end] === 0x75) {
    const code = hexAt(bytes, end + 1, 4);
    if (code !== undefined) return code < 0 ? UNFINISHED : unit(end + 5 - at, code);
  }
  const code = hexAt(bytes, end, 2);
  if (code !== undefined) return code < 0 ? UNFINISHED : byteUnit(end + 2 - at, code);
  return end > at + 1 ? unit(end - at, PERCENT) : NO_UNIT;
}

/**
 * Reads `\u0041`, `\u{41}`, `\x41` or `\101`; of any other `\c`, it drops the backslash. Repeated
 * backslashes count as one.
 */
function backslashAt(bytes: Uint8Array, at: number): Unit {
  let end = at + 1;
  while (bytes[end] === BACKSLASH && end - at < 64) end += 1;
  const kind = bytes[end];
  if (kind === undefined) return UNFINISHED;
  if (kind === 0x75) return unicodeAt(bytes, at, end + 1) || nothing(end - at);
  if (kind === 0x78) {
    const code = hexAt(bytes, end + 1, 2);
    if (code !== undefined) return code < 0 ? UNFINISHED : byteUnit(end + 3 - at, code);
  }
  return octalAt(bytes, at, end) || nothing(end - at);
}

function unicodeAt(bytes: Uint8Array, at: number, digits: number): Unit {
  if (bytes[digits] === 0x7b) return bracedAt(bytes, at, digits + 1);
  const high = hexAt(bytes, digits, 4);
  if (high === undefined) return NO_UNIT;
  if (high < 0) return UNFINISHED;
  if (high < 0xd800 || high > 0xdbff) return unit(digits + 4 - at, high);
  let low = digits + 4;
  while (bytes[low] === BACKSLASH && low - digits < 64) low += 1;
  if (bytes[low] === undefined) return UNFINISHED;
  const second = bytes[low] === 0x75 ? hexAt(bytes, low + 1, 4) : undefined;
  if (second === undefined) return unit(digits + 4 - at, 0xfffd);
  if (second < 0) return UNFINISHED;
  return unit(low + 5 - at, 0x10000 + ((high & 0x3ff) << 10) + (second & 0x3ff));
}

function bracedAt(bytes: Uint8Array, at: number, digits: number): Unit {
  let code = 0;
  for (let end = digits; end <= digits + 6; end += 1) {
    const byte = bytes[end];
    if (byte === undefined) return UNFINISHED;
    if (byte === 0x7d) return end > digits && code < RAW_BYTE ? unit(end + 1 - at, code) : NO_UNIT;
    const value = HEX[byte] as number;
    if (value < 0) return NO_UNIT;
    code = code * 16 + value;
  }
  return NO_UNIT;
}

function octalAt(bytes: Uint8Array, at: number, digits: number): Unit {
  let code = 0;
  for (let end = digits; end < digits + 3; end += 1) {
    const byte = bytes[end];
    if (byte === undefined) return UNFINISHED;
    if (byte < 0x30 || byte > (end === digits ? 0x33 : 0x37)) return NO_UNIT;
    code = code * 8 + byte - 0x30;
  }
  return byteUnit(digits + 3 - at, code);
}

/** Reads `&#65;`, `&#x41;`, `&amp;` or `&amp;lt;`. */
function entityAt(bytes: Uint8Array, at: number): Unit {
  let end = at + 1;
  for (let count = 0; count < MOST_REPEATS && isText(bytes, end, 'amp;'); count += 1) end += 4;
  let close = end;
  while (bytes[close] !== SEMICOLON && close - end < 9) {
    if (bytes[close] === undefined) return UNFINISHED;
    if (!isEntityByte(bytes[close] as number, close === end)) close = end + 9;
    else close += 1;
  }
  const isClosed = close - end < 9;
  const code = isClosed
    ? entityCode(String.fromCharCode(...bytes.subarray(end, close)))
    : undefined;
  if (code !== undefined) return unit(close + 1 - at, code);
  return end > at + 1 ? unit(end - at, AMPERSAND) : NO_UNIT;
}

function isEntityByte(byte: number, isFirst: boolean): boolean {
  const letter = byte | 0x20;
  if (letter >= 0x61 && letter <= 0x7a) return true;
  return isFirst ? byte === HASH : byte >= 0x30 && byte <= 0x39;
}

function entityCode(inner: string): number | undefined {
  const digits = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(inner);
  if (digits === null) return ENTITIES.get(inner.toLowerCase());
  const code = digits[1] === undefined ? Number(digits[2]) : Number.parseInt(digits[1], 16);
  return code < RAW_BYTE ? code : undefined;
}

/**
 * Returns a unit. `+` becomes a space even if it was encoded: both are normalized to a space in
 * secrets, too.
 */
function unit(length: number, code: number): Unit {
  return unitOf(length, code === PLUS ? 0x20 : code);
}

function byteUnit(length: number, code: number): Unit {
  return code < 0x80 ? unit(length, code) : unitOf(length, RAW_BYTE + code);
}

function nothing(length: number): Unit {
  return unitOf(length, NOTHING);
}

const HEX = Int8Array.from({ length: 256 }, (_, byte) => {
  const char = String.fromCharCode(byte);
  return /[0-9a-f]/i.test(char) ? Number.parseInt(char, 16) : -1;
});

/**
 * Parses a number of hexadecimal digits. Returns undefined for other bytes, -1 if the text ends
 * within them.
 */
function hexAt(bytes: Uint8Array, at: number, digits: number): number | undefined {
  let code = 0;
  for (let i = at; i < at + digits; i += 1) {
    const byte = bytes[i];
    if (byte === undefined) return -1;
    const value = HEX[byte] as number;
    if (value < 0) return undefined;
    code = code * 16 + value;
  }
  return code;
}

function isText(bytes: Uint8Array, at: number, text: string): boolean {
  for (let i = 0; i < text.length; i += 1) if (bytes[at + i] !== text.charCodeAt(i)) return false;
  return true;
}

function leads(...bytes: readonly number[]): Uint8Array {
  const table = new Uint8Array(256);
  for (const byte of bytes) table[byte] = 1;
  return table;
}
