import { encodedForms, formsOf, hexForms } from './forms.ts';
import type { Secret } from './redactor.ts';
import { createSearch, type Needle, SHORTEST_NEEDLE } from './search.ts';
import type { Wanted } from './spans.ts';
import { unescaped } from './unescaped.ts';
import { decodePercent, splitUrl } from './url.ts';
import { byteText, plainView } from './view.ts';
import { visibleOf } from './visible.ts';

/** What may be seen of a run. A mask in its place would tell that a secret equals it. */
export type Known = {
  /** Where targets are: hosts, databases, users, ports. A secret that is a part of one counts as known too. */
  readonly facts?: readonly string[];
  /** Values of inputs that are no secrets, names of steps and runbooks. */
  readonly values?: readonly string[];
};

/** What everybody writes somewhere, and some use as a password. */
const COMMON: ReadonlySet<string> = new Set(
  `admin database db false guest host local localhost maria mariadb my mysql no none null off on
  password pg pgsql postgres postgresql public root secret server sql test true user yes`.split(
    /\s+/,
  ),
);

const encoder = new TextEncoder();

/** Returns what to look for in order to mask secrets, given what may be seen. */
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
    // Also decoded ones: whether a text is decoded depends on what else is in it, and of a stream not all is seen.
    forms: createSearch(distinct([...long, ...decoded])),
    decoded: createSearch(decoded),
    wrapped: createSearch(distinct(wrapped)),
    short,
    ambiguous,
  };
}

/** What is shorter still has hexadecimal forms that are numbers like any other. */
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
  /** The secret, and what in it is secret by itself. */
  readonly secret: readonly string[];
  /** `user:password`, as it is encoded whole. */
  readonly pairs: readonly string[];
  /** What in it may be seen. */
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

/** As they are written in a URL and as they are meant. */
function bothWays(texts: readonly (string | undefined)[]): string[] {
  const filled = texts.filter((text) => text !== undefined && text !== '');
  return [...new Set(filled.flatMap((text = '') => [text, decodePercent(text)]))];
}
