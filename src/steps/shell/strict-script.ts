/**
 * What stands before every script, wherever it runs: it ends at the first command that fails, also in
 * a pipe, and at the first variable that is not set.
 */
export const STRICT = 'set -euo pipefail;';

/** The longest argument that Linux gives to a program, in bytes; bash gets a script as one. */
const LONGEST_ARGUMENT = 128 * 1024;

/** Tells whether a script is too long for bash, before it is sent anywhere. */
export function isTooLong(script: string): boolean {
  return Buffer.byteLength(STRICT + script) >= LONGEST_ARGUMENT;
}
