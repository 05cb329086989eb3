/** Node fires a timer that is longer than this at once. */
const LONGEST_MS = 2 ** 31 - 1;

/** Returns the delay for a timer: as long as asked, but no longer than Node's 24 days. */
export function longestTimer(ms: number): number {
  return Math.min(ms, LONGEST_MS);
}
