import {
  NO_UNIT,
  NOTHING,
  rewrittenView,
  UNFINISHED,
  type Unit,
  type UnitReader,
  unitOf,
  type View,
} from './view.ts';

/** The minimum length of an encoded line before a line end that counts as a wrap. */
const LINE = 16;
const [NEWLINE, TAB, SPACE, PERCENT, BACKSLASH] = [0x0a, 0x09, 0x20, 0x25, 0x5c];

const ENCODED = new Uint8Array(256);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_')
  ENCODED[char.charCodeAt(0)] = 1;

const LEADS = new Uint8Array(256);
for (const byte of [NEWLINE, PERCENT, BACKSLASH]) LEADS[byte] = 1;

/**
 * Returns a view without the line ends that wrap Base64 and hexadecimal text, and without the
 * indentation of the next line; also if they are written `
 * ` or `%0A`. `before` is the text before the view.
 */
export function unwrappedView(of: View, before: string, ended: boolean): View {
  if (!mayBeWrapped(of.bytes, before)) return of;
  const reader: UnitReader = {
    leads: LEADS,
    read: (bytes, at) => (followsLine(bytes, at, before) ? wrapAt(bytes, at, ended) : NO_UNIT),
  };
  return rewrittenView(of, reader, ended);
}

/**
 * Returns whether any line end follows a run of at least {@link LINE} encoded bytes. Skips ahead
 * where there is no such run.
 */
function mayBeWrapped(bytes: Uint8Array, before: string): boolean {
  let run = 0;
  while (run < LINE && ENCODED[before.charCodeAt(before.length - 1 - run)] === 1) run += 1;
  const head = runEnd(bytes, 0);
  if (run + head >= LINE && LEADS[bytes[head] as number] === 1) return true;
  for (let last = LINE - 1; last < bytes.length; ) {
    let at = last;
    while (at > last - LINE && ENCODED[bytes[at] as number] === 1) at -= 1;
    if (at > last - LINE) last = at + LINE;
    else {
      const end = runEnd(bytes, last);
      if (LEADS[bytes[end] as number] === 1) return true;
      last = end + LINE;
    }
  }
  return false;
}

function runEnd(bytes: Uint8Array, from: number): number {
  let end = from;
  while (ENCODED[bytes[end] as number] === 1) end += 1;
  return end;
}

function followsLine(bytes: Uint8Array, at: number, before: string): boolean {
  for (let back = 1; back <= LINE; back += 1) {
    const byte = bytes[at - back] ?? before.charCodeAt(before.length - (back - at));
    if (ENCODED[byte] !== 1) return false;
  }
  return true;
}

function wrapAt(bytes: Uint8Array, at: number, ended: boolean): Unit {
  let end = at;
  for (let length = lineEndLength(bytes, end); length !== 0; length = lineEndLength(bytes, end)) {
    if (length < 0) return ended ? NO_UNIT : UNFINISHED;
    end += length;
  }
  if (end === at) return NO_UNIT;
  while (bytes[end] === SPACE || bytes[end] === TAB) end += 1;
  if (end === bytes.length) return ended ? NO_UNIT : UNFINISHED;
  return ENCODED[bytes[end] as number] === 1 ? unitOf(end - at, NOTHING) : NO_UNIT;
}

/**
 * Returns the length of a line end at an offset: 0 for none, -1 if the text ends within a possible
 * one.
 */
function lineEndLength(bytes: Uint8Array, at: number): number {
  if (bytes[at] === NEWLINE) return 1;
  if (bytes[at] === BACKSLASH) {
    let end = at;
    while (bytes[end] === BACKSLASH) end += 1;
    if (end === bytes.length) return -1;
    return isOneOf(bytes[end], 'nr') ? end + 1 - at : 0;
  }
  if (bytes[at] !== PERCENT) return 0;
  if (at + 2 >= bytes.length) return -1;
  return bytes[at + 1] === 0x30 && isOneOf(bytes[at + 2], 'aAdD') ? 3 : 0;
}

function isOneOf(byte: number | undefined, chars: string): boolean {
  return byte !== undefined && chars.includes(String.fromCharCode(byte));
}
