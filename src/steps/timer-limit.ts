/** Node's maximum delay: a longer timer fires immediately. */
const LONGEST_MS = 2 ** 31 - 1;

/** Returns the delay for a timer in milliseconds, limited to Node's maximum of 24 days. */
export function longestTimer(ms: number): number {
  return Math.min(ms, LONGEST_MS);
}
