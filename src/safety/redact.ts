import type { Json } from '../runbook/value.ts';
import { formsOf } from './redact-forms.ts';
import { createSearch, type Needle, SHORTEST_NEEDLE } from './redact-search.ts';
import { byteText, createFindSpans } from './redact-spans.ts';
import { createStream, maskOf, type RedactedStream } from './redact-stream.ts';
import { decodePercent, splitUrl } from './redact-url.ts';

/** A value that must not be seen, and the name that is shown in its place. */
export type Secret = { readonly name: string; readonly value: string };

/** Puts `‹secret:NAME›` in the place of secrets, in whatever form they travel ({@link formsOf}). */
export interface Redactor {
  text(text: string): string;
  /** Masks every string, key and number of a value. */
  json(value: Json): Json;
  /** Returns a redactor for one stream of output. */
  stream(): RedactedStream;
}

/**
 * Returns a redactor for the given secrets. Of a secret that is a connection URL, the whole URL is
 * masked and its password by itself; its host, user and database may be seen elsewhere. A password
 * in any `scheme://user:password@` is masked as `url-password` though nobody declared it secret.
 *
 * A secret of fewer than four bytes is masked only where no letter, digit or underscore is next to
 * it, and only as it is: masked inside words, the words would give it away.
 */
export function createRedactor(secrets: readonly Secret[]): Redactor {
  const encoder = new TextEncoder();
  const long: Needle[] = [];
  const short: Needle[] = [];
  for (const { name, value } of secrets)
    for (const part of partsOf(value)) {
      const isShort = encoder.encode(part.trim()).length < SHORTEST_NEEDLE;
      const needles = Array.from(isShort ? [part.trim()] : formsOf(part), (form) => ({
        name,
        bytes: encoder.encode(form),
      }));
      if (isShort) short.push(...needles.filter(({ bytes }) => bytes.length > 0));
      else long.push(...needles.filter(({ bytes }) => bytes.length >= SHORTEST_NEEDLE));
    }
  const search = createSearch(long);
  const findSpans = createFindSpans(search, short);
  const text = (whole: string) => {
    if (secrets.length === 0 && !whole.includes('://')) return whole;
    const bytes = encoder.encode(whole);
    const spans = findSpans(bytes, byteText(bytes), '');
    if (spans.length === 0) return whole;
    const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
    const ends = [0, ...spans.map(({ end }) => end)];
    const between = ends.map((end, i) => decoder.decode(bytes.subarray(end, spans[i]?.start)));
    return between.map((kept, i) => kept + (spans[i] ? maskOf(spans[i].name) : '')).join('');
  };
  return {
    text,
    json: (value) => redactJson(value, text),
    stream: () => createStream({ search, hasShort: short.length > 0, findSpans }),
  };
}

/** Returns a secret and what in it is secret by itself. */
function partsOf(value: string): string[] {
  const url = splitUrl(value.trim());
  if (url === undefined) return [value];
  const parameters = [...url.query.matchAll(/(?:^|&)(?:ssl)?password=([^&#]*)/gi)];
  const passwords = [url.password, ...parameters.map((match) => match[1])];
  return [value, ...passwords.flatMap((text = '') => [text, decodePercent(text)])];
}

function redactJson(value: Json, redact: (text: string) => string): Json {
  if (typeof value === 'string') return redact(value);
  if (typeof value === 'number') {
    const text = String(value);
    const masked = redact(text);
    return masked === text ? value : masked;
  }
  if (value === null || typeof value === 'boolean') return value;
  if (Array.isArray(value)) return value.map((item: Json) => redactJson(item, redact));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [redact(key), redactJson(item, redact)]),
  );
}
