import type { Json } from '#runbook/model/value.ts';
import { createScan, type Scan } from './spans.ts';
import { type Known, wantedOf } from './wanted.ts';

/** A secret value, and the name shown in its place. */
export type Secret = { readonly name: string; readonly value: string };

/** Replaces secrets in any encoding with `‹secret:NAME›`. */
export interface Redactor {
  text(text: string): string;
  /** Masks every string, key and number of a value. */
  json(value: Json): Json;
  /**
   * Returns the mask for the exact secret of a name, even if it equals a known value; undefined for
   * anything else.
   */
  given(name: string, value: string): string | undefined;
  /** Returns a redactor for one stream of output. */
  stream(): RedactedStream;
}

/**
 * Returns a redactor for secrets. If a secret is a connection URL, the whole URL and its password
 * alone are masked; its host, user and database may appear elsewhere. A password in any
 * `scheme://user:password@` is masked as `url-password`, even if it is not declared secret.
 *
 * A secret of fewer than four bytes is masked only without an adjacent letter, digit or underscore,
 * and only unencoded: masks inside words would reveal it. A secret that equals a `known` value is
 * masked only where it is used as a password.
 */
export function createRedactor(secrets: readonly Secret[], known: Known = {}): Redactor {
  let made: Scan | undefined;
  const scan: Scan = (bytes, before, ended) => {
    made ??= createScan(wantedOf(secrets, known));
    return made(bytes, before, ended);
  };
  const encoder = new TextEncoder();
  const text = (whole: string, before = '') => {
    if (secrets.length === 0 && !whole.includes('://')) return whole;
    const bytes = encoder.encode(whole);
    const { spans } = scan(bytes, before, true);
    if (spans.length === 0) return whole;
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const ends = [0, ...spans.map(({ end }) => end)];
    const between = ends.map((end, i) => decoder.decode(bytes.subarray(end, spans[i]?.start)));
    return between.map((kept, i) => kept + (spans[i] ? maskOf(spans[i].name) : '')).join('');
  };
  return {
    text: (whole) => text(whole),
    json: (value) => redactJson(value, text, ''),
    given: (name, value) =>
      secrets.some((secret) => secret.name === name && secret.value === value)
        ? maskOf(name)
        : undefined,
    stream: () => createStream(scan),
  };
}

/**
 * Masks JSON. The key of a value determines whether it is a password, as the text before it does.
 */
function redactJson(
  value: Json,
  redact: (text: string, before?: string) => string,
  before: string,
): Json {
  if (typeof value === 'string') return redact(value, before);
  if (typeof value === 'number') {
    const text = String(value);
    const masked = redact(text, before);
    return masked === text ? value : masked;
  }
  if (value === null || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((item: Json) => redactJson(item, redact, before));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redact(key), redactJson(item, redact, `${key}=`)]),
  );
}

/**
 * Masks a stream of UTF-8 chunk by chunk. Secrets and characters may be split between chunks: a
 * possible start of a secret, or an unfinished URL, is held back until it is resolved. A chunk may
 * be returned without a copy, so it must not be modified afterwards.
 */
interface RedactedStream {
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
function maskOf(name: string): string {
  return `‹secret:${name}›`;
}

/** Returns a redactor for one stream of output. */
function createStream(scan: Scan): RedactedStream {
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
