/** A match: its span in bytes, end-exclusive, and the name of its needle. */
export type Match = { readonly start: number; readonly end: number; readonly name: string };

/** The bytes to find, and the name to report. */
export type Needle = { readonly bytes: Uint8Array; readonly name: string };

/** Finds every occurrence of many needles in one pass. */
export interface Search {
  /** Returns all matches, including overlapping ones, ordered by start. */
  find(bytes: Uint8Array): Match[];
  /**
   * Returns the first offset at which a needle may start and continue after the bytes; their length
   * if there is none.
   */
  openStart(bytes: Uint8Array): number;
}

/** The minimum length of a needle for {@link createSearch}, in bytes. */
export const SHORTEST_NEEDLE = 4;

/**
 * Returns a search with the Wu–Manber algorithm: pairs of bytes determine the shift, so the time
 * hardly depends on the number of needles. A gigabyte of output may pass through it, and searching
 * for the dozens of forms of each secret one by one would take half a minute.
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
    // The forms of a secret often start alike (`postgres://`), so check the last byte first.
    if (bytes[end - 1] === needle[needle.length - 1] && agree(needle, bytes, start))
      matches.push({ start, end, name });
  }
}

/** Returns whether a needle matches at an offset, as far as there are bytes. */
function agree(needle: Uint8Array, bytes: Uint8Array, start: number): boolean {
  const length = Math.min(needle.length, bytes.length - start);
  for (let i = 0; i < length; i += 1) if (needle[i] !== bytes[start + i]) return false;
  return true;
}

function pairAt(bytes: Uint8Array, at: number): number {
  return ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
}
