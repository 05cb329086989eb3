/** How the sender of a webhook proves that it knows the secret. */
export type Verification =
  | {
      /** HMAC-SHA256 over the body, in hexadecimal digits. */
      readonly how: 'hmac';
      readonly header: string;
      /** The start of each signature; entries without it are of another version. */
      readonly prefix: string;
      /** The header of the time, in seconds since 1970, which is signed before the body. */
      readonly timestamp: { readonly header: string; readonly separator: string } | undefined;
      readonly leastSecret: number;
    }
  | {
      /** The secret itself, as a bearer token or the password of basic authentication. */
      readonly how: 'secret';
      readonly leastSecret: number;
    };

/** The sender sends the secret itself. */
export const BY_SECRET: Verification = { how: 'secret', leastSecret: 32 };

/** How far the time of a signed request may be from ours, in milliseconds. */
const REPLAY_WINDOW_MS = 5 * 60_000;

/** The signatures of a header that are tried: a sender has two while it replaces its secret. */
const MOST_SIGNATURES = 5;

/** Returns the signatures in a header, as hexadecimal digits; several stand between commas. */
export function signaturesIn(header: string, prefix: string): readonly string[] {
  return header
    .slice(0, 1_000)
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry.startsWith(prefix))
    .map((entry) => entry.slice(prefix.length).toLowerCase())
    .filter((digits) => /^[0-9a-f]{64}$/.test(digits))
    .slice(0, MOST_SIGNATURES);
}

/** Returns whether the time of a request, in seconds since 1970, is within the window around now. */
export function isRecent(timestamp: string, now: number): boolean {
  if (!/^\d{1,12}$/.test(timestamp)) return false;
  return Math.abs(Number(timestamp) * 1_000 - now) <= REPLAY_WINDOW_MS;
}
