import type { Scan } from './spans.ts';

/**
 * Masks a stream of UTF-8 piece by piece. Secrets and characters may be split between pieces: what
 * could be the beginning of a secret, or stands in a URL that has not ended, is held back until it is
 * known. A piece may be given back as it is, so nobody may write into it afterwards.
 */
export interface RedactedStream {
  /** Returns the bytes that are safe to show now. */
  push(chunk: Uint8Array): Uint8Array;
  /** Returns what was held back; the stream has ended. */
  end(): Uint8Array;
}

/** What is invisible may go on without an end inside of a secret: of more than this nothing is held back. */
const MOST_HELD = 64 * 1024;

/** Returns what is shown in the place of a secret. */
export function maskOf(name: string): string {
  return `‹secret:${name}›`;
}

/** Returns a redactor for one stream of output. */
export function createStream(scan: Scan): RedactedStream {
  const encoder = new TextEncoder();
  let held: Uint8Array = new Uint8Array();
  /** How much of what is held has been masked already. */
  let covered = 0;
  /** The end of the visible text before what is held. */
  let before = '';

  const release = (bytes: Uint8Array, ended: boolean): Uint8Array => {
    const scanned = scan(bytes, before, ended);
    const cut = Math.max(scanned.open, bytes.length - MOST_HELD);
    const shown: Uint8Array[] = [];
    let at = covered;
    for (const { start, end, name } of scanned.spans) {
      if (start >= cut) break;
      shown.push(bytes.subarray(at, start));
      if (start >= covered) shown.push(encoder.encode(maskOf(name)));
      at = Math.max(at, end);
    }
    shown.push(bytes.subarray(at, cut));
    covered = Math.max(0, at - cut);
    before = scanned.before(cut);
    held = bytes.slice(cut);
    return joined(shown);
  };

  return {
    push: (chunk) => release(joined([held, chunk]), false),
    end: () => release(held, true),
  };
}

/** Returns the pieces as one; a piece that stands alone is not copied, or a flood would cost twice. */
function joined(pieces: readonly Uint8Array[]): Uint8Array {
  const filled = pieces.filter(({ length }) => length > 0);
  if (filled.length <= 1) return filled[0] ?? new Uint8Array();
  const whole = new Uint8Array(filled.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of filled) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}
