import { type Search, SHORTEST_NEEDLE } from './redact-search.ts';
import { byteText, type FindSpans } from './redact-spans.ts';
import { openUrlStart } from './redact-url.ts';

/**
 * Masks a stream piece by piece. Secrets and characters may be split between pieces: what could be
 * the beginning of a secret, or stands in a URL that has not ended, is held back until it is known.
 */
export interface RedactedStream {
  /** Takes text or UTF-8 bytes; returns the text that is safe to show now. */
  push(chunk: string | Uint8Array): string;
  /** Returns what was held back; the stream has ended. */
  end(): string;
}

/** What a stream looks for. */
export type StreamRules = {
  readonly search: Search;
  /** There are secrets that are masked only where they stand alone. */
  readonly hasShort: boolean;
  readonly findSpans: FindSpans;
};

/** Returns what is shown in the place of a secret. */
export function maskOf(name: string): string {
  return `‹secret:${name}›`;
}

/** Returns a redactor for one stream of output. */
export function createStream({ search, hasShort, findSpans }: StreamRules): RedactedStream {
  const encoder = new TextEncoder();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let held: Uint8Array = new Uint8Array();
  /** How much of what is held has been masked already. */
  let covered = 0;
  /** The character before what is held. */
  let before = '';

  const openStart = (bytes: Uint8Array, text: string): number => {
    const cut = Math.min(
      search.openStart(bytes),
      hasShort ? Math.max(0, bytes.length - SHORTEST_NEEDLE + 1) : bytes.length,
    );
    return Math.min(cut, openUrlStart(text, cut) ?? cut);
  };

  const release = (bytes: Uint8Array, ended: boolean): string => {
    const text = byteText(bytes);
    const cut = ended ? bytes.length : openStart(bytes, text);
    const show = (start: number, end: number) =>
      end > start ? decoder.decode(bytes.subarray(start, end), { stream: true }) : '';
    let shown = '';
    let at = covered;
    for (const { start, end, name } of findSpans(bytes, text, before)) {
      if (start >= cut) break;
      shown += show(at, start);
      if (start >= covered) shown += maskOf(name);
      at = Math.max(at, end);
    }
    shown += show(at, cut);
    covered = Math.max(0, at - cut);
    before = text.slice(0, cut).slice(-1) || before;
    held = bytes.slice(cut);
    return ended ? shown + decoder.decode() : shown;
  };

  return {
    push(chunk) {
      const bytes = typeof chunk === 'string' ? encoder.encode(chunk) : chunk;
      return release(held.length === 0 ? bytes : join(held, bytes), false);
    },
    end: () => release(held, true),
  };
}

function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
