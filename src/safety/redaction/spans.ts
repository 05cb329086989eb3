import { findUrlPasswords, openUrlStart } from '#text/url.ts';
import type { Match, Needle, Search } from './search.ts';
import { unescapedView } from './unescaped.ts';
import { unwrappedView } from './unwrapped.ts';
import { byteText, plainView, type View } from './view.ts';
import { visibleOf } from './visible.ts';

/** The needles of a scan. */
export type Wanted = {
  /** Secrets in every form that is not decoded; searched everywhere. */
  readonly forms: Search;
  /** The same forms decoded; searched in decoded text. */
  readonly decoded: Search;
  /** Base64 and hexadecimal forms that may be wrapped. */
  readonly wrapped: Search;
  /** Needles too short to be masked inside words. */
  readonly short: readonly Needle[];
  /** Needles that equal a known value: masked only where they are used as a password. */
  readonly ambiguous: readonly Needle[];
};

/** The result of a scan. */
type Scanned = {
  /** The spans to mask, in order and without overlaps. */
  readonly spans: readonly Match[];
  /**
   * The first offset at which a match may start and continue after the bytes; their length if there
   * is none.
   */
  readonly open: number;
  /** Returns the context for scanning the next bytes, if these were released up to an offset. */
  readonly before: (cut: number) => string;
};

/** The number of characters before a value that determine whether it is a password. */
const CONTEXT = 256;

/** Scans bytes. `before` is the end of the visible text before them. */
export type Scan = (bytes: Uint8Array, before: string, ended: boolean) => Scanned;

/** Returns a scan for all needles, and for passwords in URLs. */
export function createScan(wanted: Wanted): Scan {
  const alone = [
    ...wanted.short.map((needle) => aloneOf(needle, () => true)),
    ...[...wanted.short, ...wanted.ambiguous].map((needle) => namedOf(needle)),
  ];
  const longest = Math.max(0, ...alone.map(({ length }) => length));
  return (bytes, before, ended) => {
    const { shown, others } = visibleOf(plainView(bytes), ended);
    const visible = [shown, ...others];
    const searched: Searched[] = visible.flatMap((view) => {
      const decoded = unescapedView(view, ended);
      return [
        { view, search: wanted.forms, isNew: true },
        { view: decoded, search: wanted.decoded, isNew: decoded !== view },
      ];
    });
    const unwrapped = unwrappedView(shown, before, ended);
    searched.push({ view: unwrapped, search: wanted.wrapped, isNew: unwrapped !== shown });
    const spans = [
      ...searched.flatMap(({ view, search, isNew }) =>
        isNew ? search.find(view.bytes).map((match) => placed(view, match)) : [],
      ),
      ...searched.flatMap(({ view, search, isNew }) =>
        isNew && search !== wanted.wrapped
          ? alone.flatMap((pattern) => findAlone(pattern, view, before))
          : [],
      ),
      ...findUrlPasswords(shown.text)
        .filter(({ start, end }) => !isMask(shown.text.slice(start, end)))
        .map((span) => ({ ...placed(shown, { ...span, name: 'url-password' }), weight: 0 })),
    ];
    const open = ended ? bytes.length : openOffset(searched, shown, longest);
    return {
      spans: merge(spans),
      open,
      before(cut) {
        const end = shown.offsetOf(cut);
        const last = shown.text.slice(Math.max(0, end - CONTEXT), end);
        return (before + last).slice(-CONTEXT);
      },
    };
  };
}

/** A view with its search. */
type Searched = {
  readonly view: View;
  readonly search: Search;
  /** False if the view has nothing new to find; a match may still start at its end. */
  readonly isNew: boolean;
};

function openOffset(searched: readonly Searched[], shown: View, longest: number): number {
  let cut = Math.min(
    ...searched.map(({ view, search }) => {
      const held = Math.max(0, view.bytes.length - longest);
      return view.sourceStart(Math.min(held, search.openStart(view.bytes)));
    }),
  );
  for (let before = cut + 1; cut < before; ) {
    before = cut;
    const at = shown.offsetOf(cut);
    const url = openUrlStart(shown.text, at);
    if (url !== undefined && url < at) cut = shown.sourceStart(url);
    for (const { view } of searched) cut = view.unitStart(cut);
  }
  return cut;
}

/** A match with its weight. Of several that overlap, the heaviest provides the name. */
type Span = Match & { readonly weight: number };

function placed(view: View, { start, end, name }: Match): Span {
  return {
    start: view.sourceStart(start),
    end: view.sourceEnd(end),
    name,
    weight: end - start,
  };
}

/** A needle that is masked only in some contexts. */
type Alone = {
  readonly name: string;
  readonly length: number;
  readonly pattern: RegExp;
  readonly holds: (before: string) => boolean;
};

/** Word characters, including bytes of non-ASCII text. */
const LETTER = '[\\w\\u0080-\\uffff]';

function aloneOf({ name, bytes }: Needle, holds: Alone['holds']): Alone {
  const pattern = new RegExp(`(?<!${LETTER})${escaped(bytes)}(?!${LETTER})`, 'g');
  return { name, length: bytes.length, pattern, holds };
}

function namedOf({ name, bytes }: Needle): Alone {
  const pattern = new RegExp(`${escaped(bytes)}(?!${LETTER})`, 'g');
  return { name, length: bytes.length, pattern, holds: isPasswordPlace };
}

function escaped(bytes: Uint8Array): string {
  const codes = Array.from(byteText(bytes), (char) => char.charCodeAt(0).toString(16));
  return codes.map((code) => `\\u${code.padStart(4, '0')}`).join('');
}

function findAlone({ name, pattern, holds }: Alone, view: View, before: string): Span[] {
  const text = before + view.text;
  const spans: Span[] = [];
  for (const { 0: found, index } of text.matchAll(pattern)) {
    const start = index - before.length;
    // A match that starts in the preceding text was already judged there.
    if (start < 0 || !holds(text.slice(Math.max(0, index - CONTEXT), index))) continue;
    spans.push(placed(view, { start, end: start + found.length, name }));
  }
  return spans;
}

const MASK = byteText(new TextEncoder().encode('‹secret:x›')).split('secret:x');

function isMask(text: string): boolean {
  return text.startsWith(`${MASK[0]}secret:`) && text.endsWith(`${MASK[1]}`);
}

function merge(spans: readonly Span[]): Match[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.start - b.start)) {
    const last = merged.at(-1);
    if (last === undefined || span.start >= last.end) merged.push(span);
    else
      merged[merged.length - 1] = {
        ...(span.weight > last.weight ? span : last),
        start: last.start,
        end: Math.max(last.end, span.end),
      };
  }
  return merged;
}

/** Names of passwords: `DB_PASSWORD`, `--db-password`, `"secret"`, `PGPASSWORD`. */
const NAME =
  '[\\w.-]{0,64}(?:passw(?:or)?d|passphrase|passwd|pass|pwd|secret|token|api[_-]?key|auth|credentials?)[\\w-]{0,32}';
const QUOTE = '(?:\\\\{0,4}["\'])?';

const PLACES = [
  // password=…, "password": "…", password => …
  `${NAME}${QUOTE}\\s{0,8}(?:=>|[=:])\\s{0,8}${QUOTE}`,
  // --password …, IDENTIFIED BY '…', PASSWORD '…'
  `(?:^|\\s)--?${NAME}[= ]${QUOTE}`,
  `(?:identified\\s{1,4}by|password)\\s{1,4}${QUOTE}`,
  // mysql -p…, redis-cli -a …
  `(?:^|\\s)-[pa]\\s?${QUOTE}`,
  // curl -u user:…
  `(?:^|\\s)(?:-u|--user)[= ]?${QUOTE}[^\\s:]{1,64}:`,
  // host:port:database:user:… of .pgpass
  `(?:^|[\\n\\s"'])(?:(?:\\\\.|[^:\\\\\\s/]){1,256}:){4}`,
].map((place) => new RegExp(`${place}$`, 'i'));

/** Returns whether the text before a value marks it as a password. */
function isPasswordPlace(before: string): boolean {
  return PLACES.some((place) => place.test(before));
}
