import type { Json } from '#runbook/model/value.ts';

import { createScan, type Scan } from './spans.ts';
import { createStream, maskOf, type RedactedStream } from './stream.ts';
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
