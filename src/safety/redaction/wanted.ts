import { decodePercent, splitUrl } from '#text/url.ts';
import { encodedForms, formsOf, hexForms } from './forms.ts';
import type { Secret } from './redactor.ts';
import { createSearch, type Needle, SHORTEST_NEEDLE } from './search.ts';
import type { Wanted } from './spans.ts';
import { unescaped } from './unescaped.ts';
import { byteText, plainView } from './view.ts';
import { visibleOf } from './visible.ts';

/** Values of a run that may be shown. Masking one would reveal that a secret equals it. */
export type Known = {
  /**
   * The addresses of targets: hosts, databases, users, ports. A secret that is part of one also
   * counts as known.
   */
  readonly facts?: readonly string[];
  /** The values of inputs that are not secret, and the names of steps and runbooks. */
  readonly values?: readonly string[];
};

/** Common words, some of which are used as passwords. */
const COMMON: ReadonlySet<string> = new Set(
  `admin database db false guest host local localhost maria mariadb my mysql no none null off on
  password pg pgsql postgres postgresql public root secret server sql test true user yes`.split(
    /\s+/,
  ),
);

const encoder = new TextEncoder();

/** Returns the needles to mask secrets, given the known values. */
export function wantedOf(secrets: readonly Secret[], { facts = [], values = [] }: Known): Wanted {
  const parts = secrets.map((secret) => ({ name: secret.name, ...partsOf(secret.value) }));
  const places = [...facts, ...parts.flatMap(({ seen }) => seen)];
  const isKnown = (part: string) =>
    COMMON.has(part.toLowerCase()) ||
    values.includes(part) ||
    places.some((place) => place.includes(part));

  const long: Needle[] = [];
  const wrapped: Needle[] = [];
  const short: Needle[] = [];
  const ambiguous: Needle[] = [];
  for (const { name, secret, pairs } of parts) {
    const encoded = pairs.map((pair) => encodedForms(pair));
    for (const part of secret) {
      const value = part.trim();
      if (value === '') continue;
      if (isKnown(value)) ambiguous.push({ name, bytes: encoder.encode(value) });
      else if (encoder.encode(value).length < SHORTEST_NEEDLE)
        short.push(...shortForms(value).map((form) => ({ name, bytes: encoder.encode(form) })));
      else {
        encoded.push([...formsOf(part)]);
        wrapped.push(...needlesOf(name, encodedForms(part)));
      }
    }
    long.push(...needlesOf(name, encoded.flat()));
  }
  const decoded = distinct(long.map(({ bytes, name }) => ({ name, bytes: unescaped(bytes) })));
  return {
    // Decoded forms too: whether a text is decoded depends on its other content, and a stream is
    // not seen whole.
    forms: createSearch(distinct([...long, ...decoded])),
    decoded: createSearch(decoded),
    wrapped: createSearch(distinct(wrapped)),
    short,
    ambiguous,
  };
}

/**
 * Returns the forms of a short secret. The hexadecimal forms of an even shorter one look like
 * ordinary numbers.
 */
function shortForms(value: string): readonly string[] {
  if (encoder.encode(value).length < SHORTEST_NEEDLE - 1) return [value];
  const hex = hexForms(value);
  return [value, ...hex, ...hex.map((form) => `\\x${form}`)];
}

function needlesOf(name: string, forms: readonly string[]): Needle[] {
  return forms.map((form) => ({ name, bytes: visible(encoder.encode(form)) }));
}

function visible(bytes: Uint8Array): Uint8Array {
  return visibleOf(plainView(bytes), true).shown.bytes;
}

function distinct(needles: readonly Needle[]): Needle[] {
  const found = new Map<string, Needle>();
  for (const needle of needles) {
    const key = byteText(needle.bytes);
    if (needle.bytes.length >= SHORTEST_NEEDLE && !found.has(key)) found.set(key, needle);
  }
  return [...found.values()];
}

type Parts = {
  /** The secret, and its parts that are secret by themselves. */
  readonly secret: readonly string[];
  /** `user:password`, encoded as a whole. */
  readonly pairs: readonly string[];
  /** The parts that may be shown. */
  readonly seen: readonly string[];
};

function partsOf(value: string): Parts {
  const url = splitUrl(value.trim());
  if (url === undefined) return { secret: [value], pairs: [], seen: [] };
  const parameters = [...url.query.matchAll(/(?:^|&)(?:ssl)?password=([^&#]*)/gi)];
  const passwords = bothWays([url.password, ...parameters.map((match) => match[1])]);
  const users = bothWays([url.user]);
  return {
    secret: [value, ...passwords],
    pairs: users.flatMap((user) => passwords.map((password) => `${user}:${password}`)),
    seen: bothWays([url.scheme, url.user, url.host, url.port, url.path]),
  };
}

/** Returns texts both as written in a URL and decoded. */
function bothWays(texts: readonly (string | undefined)[]): string[] {
  const filled = texts.filter((text) => text !== undefined && text !== '');
  return [...new Set(filled.flatMap((text = '') => [text, decodePercent(text)]))];
}
