import { escapeLength, UNDRAWN } from '#text/invisible.ts';
import {
  NO_UNIT,
  NOTHING,
  RAW_BYTE,
  rewrittenView,
  UNFINISHED,
  type Unit,
  type UnitReader,
  unitOf,
  type View,
} from './view.ts';

const ESC = 0x1b;
const BACKSPACE = 0x08;
/** Every byte that may start an undrawn character. */
const LEADS = Uint8Array.from({ length: 256 }, (_, byte) =>
  (byte < 0x20 && byte !== 0x09 && byte !== 0x0a) || byte === 0x7f || byte >= 0xc2 ? 1 : 0,
);

/** The views of bytes after a display has dropped undrawn characters. */
export type Visible = {
  /** Without escape sequences, control characters and other undrawn characters. */
  readonly shown: View;
  /** Other readings, if displays differ in what they drop, or a sequence contains text. */
  readonly others: readonly View[];
};

/**
 * Returns the views after a display has dropped undrawn characters: escape sequences, control
 * characters except tab and newline, and characters without width. Unless the text has ended, an
 * unfinished sequence at its end is left out.
 */
export function visibleOf(of: View, ended: boolean): Visible {
  if (!hasCandidates(of.bytes)) return { shown: of, others: [] };
  let differs = false;
  const shown = rewrittenView(
    of,
    {
      leads: LEADS,
      read(bytes, at, isLast) {
        const unit = undrawnAt(bytes, at, isLast, true);
        differs ||= unit !== ONE_DROPPED && bytes[at] === BACKSPACE;
        differs ||= bytes[at] === ESC && !isColour(bytes, at);
        return unit;
      },
    },
    ended,
  );
  if (!differs) return { shown, others: [] };
  return { shown, others: [of, rewrittenView(of, COLOURS_ONLY, ended)] };
}

/** Drops color sequences whole, and of everything else only the control character. */
const COLOURS_ONLY: UnitReader = {
  leads: LEADS,
  read: (bytes, at, ended) => undrawnAt(bytes, at, ended, false),
};

/**
 * Returns whether any byte may need a rewrite. It checks four bytes at a time, since this check would
 * otherwise dominate the cost.
 */
function hasCandidates(bytes: Uint8Array): boolean {
  const head = Math.min(bytes.length, (4 - (bytes.byteOffset % 4)) % 4);
  const count = (bytes.length - head) >> 2;
  if (count === 0 || hasLead(bytes, 0, head)) return hasLead(bytes, 0, bytes.length);
  const words = new Uint32Array(bytes.buffer, bytes.byteOffset + head, count);
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i] as number;
    // A byte is a candidate below 0x20 and above 0x7e.
    if (((word | (word - 0x20202020) | (word + 0x01010101)) & 0x80808080) === 0) continue;
    const at = head + i * 4;
    if (hasLead(bytes, at, at + 4)) return true;
  }
  return hasLead(bytes, head + count * 4, bytes.length);
}

function hasLead(bytes: Uint8Array, from: number, to: number): boolean {
  for (let at = from; at < to; at += 1) if (LEADS[bytes[at] as number] === 1) return true;
  return false;
}

function undrawnAt(bytes: Uint8Array, at: number, ended: boolean, allSequences: boolean): Unit {
  const lead = bytes[at] as number;
  if (lead === ESC) return escapeAt(bytes, at, ended, allSequences);
  if (lead === BACKSPACE && allSequences) return backspaceAt(bytes, at, ended);
  if (lead < 0x80) return ONE_DROPPED;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (at + length > bytes.length) return ended ? NO_UNIT : UNFINISHED;
  let code = lead & (0xff >> (length + 1));
  for (let i = 1; i < length; i += 1) code = (code << 6) | ((bytes[at + i] as number) & 0x3f);
  return isUndrawn(code) ? dropped(length) : NO_UNIT;
}

const UNDRAWN_CHARACTER = new RegExp(UNDRAWN, 'u');
/**
 * Cached answers: testing the expression for every character of large output would dominate the
 * cost.
 */
const judged = new Map<number, boolean>();

function isUndrawn(code: number): boolean {
  let answer = judged.get(code);
  if (answer === undefined) {
    answer = code < RAW_BYTE && UNDRAWN_CHARACTER.test(String.fromCodePoint(code));
    judged.set(code, answer);
  }
  return answer;
}

function escapeAt(bytes: Uint8Array, at: number, ended: boolean, allSequences: boolean): Unit {
  const length = escapeLength((offset) => bytes[offset], at);
  if (length === -1 && !ended) return UNFINISHED;
  return length > 0 && (allSequences || isColour(bytes, at)) ? dropped(length) : ONE_DROPPED;
}

/** Returns whether an escape sequence sets colors, which have a distinct form. */
function isColour(bytes: Uint8Array, at: number): boolean {
  if (bytes[at + 1] !== 0x5b) return false;
  let end = at + 2;
  while (COLOUR_PARAMETERS.has(bytes[end])) end += 1;
  return bytes[end] === 0x6d;
}

const COLOUR_PARAMETERS: ReadonlySet<number | undefined> = new Set(
  Array.from('0123456789;:', (char) => char.charCodeAt(0)),
);

/**
 * Reads a backspace. A letter printed twice in one place, as `man` prints bold text, counts once.
 */
function backspaceAt(bytes: Uint8Array, at: number, ended: boolean): Unit {
  const next = bytes[at + 1];
  if (next === undefined && !ended) return UNFINISHED;
  return next !== undefined && next === bytes[at - 1] ? dropped(2) : ONE_DROPPED;
}

const ONE_DROPPED = dropped(1);

function dropped(length: number): Unit {
  return unitOf(length, NOTHING);
}
