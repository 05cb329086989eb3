import type { Scan } from './spans.ts';

/**
 * Masks a stream of UTF-8 chunk by chunk. Secrets and characters may be split between chunks: a
 * possible start of a secret, or an unfinished URL, is held back until it is resolved. A chunk may
 * be returned without a copy, so it must not be modified afterwards.
 */
export interface RedactedStream {
  /** Returns the bytes that are safe to show now. */
  push(chunk: Uint8Array): Uint8Array;
  /** Ends the stream and returns the bytes that were held back. */
  end(): Uint8Array;
}

/**
 * The maximum number of bytes held back: invisible characters may continue without end inside a
 * secret.
 */
const MOST_HELD = 64 * 1024;

/** Returns the text shown in place of a secret. */
export function maskOf(name: string): string {
  return `‹secret:${name}›`;
}

/** Returns a redactor for one stream of output. */
export function createStream(scan: Scan): RedactedStream {
  const encoder = new TextEncoder();
  let held: Uint8Array = new Uint8Array();
  /** The number of held bytes that are already masked. */
  let covered = 0;
  /** The end of the visible text before the held bytes. */
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

/** Joins chunks. A single chunk is not copied, which would double the cost of large output. */
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
