/**
 * The prefix of every script, local or remote: it ends at the first failing command, even in a
 * pipe, and at the first unset variable.
 */
export const STRICT = 'set -euo pipefail;';

/** Linux's maximum length of an argument, in bytes. bash gets a script as one argument. */
const LONGEST_ARGUMENT = 128 * 1024;

/** Returns whether a script is too long to be an argument of bash. */
export function isTooLong(script: string): boolean {
  return Buffer.byteLength(STRICT + script) >= LONGEST_ARGUMENT;
}
