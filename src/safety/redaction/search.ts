/** Where something stands, in bytes, end-exclusive, and the name to report it by. */
export type Match = { readonly start: number; readonly end: number; readonly name: string };

/** Bytes to find and the name to report them by. */
export type Needle = { readonly bytes: Uint8Array; readonly name: string };

/** Finds every occurrence of many needles at once. */
export interface Search {
  /** Returns all matches, overlapping ones too, by where they start. */
  find(bytes: Uint8Array): Match[];
  /** Returns the first offset from which the bytes may be the beginning of a needle, or their number. */
  openStart(bytes: Uint8Array): number;
}

/** The shortest needle that {@link createSearch} takes, in bytes. */
export const SHORTEST_NEEDLE = 4;

/**
 * Returns a search by Wu and Manber's method: pairs of bytes decide how far it can jump, so that its
 * time hardly depends on the number of needles. A gigabyte of output may pass through it, where
 * looking for the dozens of forms of each secret one by one takes half a minute.
 */
export function createSearch(needles: readonly Needle[]): Search {
  if (needles.length === 0) return { find: () => [], openStart: (bytes) => bytes.length };
  const width = Math.min(...needles.map(({ bytes }) => bytes.length));
  const longest = Math.max(...needles.map(({ bytes }) => bytes.length));
  const last = width - 2;
  const jumps = new Uint16Array(2 ** 16).fill(last + 1);
  for (const { bytes } of needles)
    for (let at = 0; at <= last; at += 1) {
      const pair = pairAt(bytes, at);
      jumps[pair] = Math.min(jumps[pair] as number, last - at);
    }
  const byLastPair = Map.groupBy(needles, ({ bytes }) => pairAt(bytes, last));
  const byFirst = Map.groupBy(needles, ({ bytes }) => bytes[0]);
  return {
    find(bytes) {
      const matches: Match[] = [];
      const end = bytes.length - 1;
      for (let at = last; at < end; ) {
        const pair = pairAt(bytes, at);
        const jump = jumps[pair] as number;
        if (jump === 0) addMatches(matches, bytes, at - last, byLastPair.get(pair));
        at += jump || 1;
      }
      return matches;
    },
    openStart(bytes) {
      for (let at = Math.max(0, bytes.length - longest + 1); at < bytes.length; at += 1)
        for (const needle of byFirst.get(bytes[at]) ?? [])
          if (needle.bytes.length > bytes.length - at && agree(needle.bytes, bytes, at)) return at;
      return bytes.length;
    },
  };
}

function addMatches(
  matches: Match[],
  bytes: Uint8Array,
  start: number,
  needles: readonly Needle[] = [],
): void {
  for (const { bytes: needle, name } of needles) {
    const end = start + needle.length;
    // The forms of a secret often begin alike (`postgres://`), so the last byte decides sooner.
    if (bytes[end - 1] === needle[needle.length - 1] && agree(needle, bytes, start))
      matches.push({ start, end, name });
  }
}

/** Tells whether a needle stands at an offset, as far as there are bytes. */
function agree(needle: Uint8Array, bytes: Uint8Array, start: number): boolean {
  const length = Math.min(needle.length, bytes.length - start);
  for (let i = 0; i < length; i += 1) if (needle[i] !== bytes[start + i]) return false;
  return true;
}

function pairAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
