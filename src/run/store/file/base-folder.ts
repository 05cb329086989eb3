import { isAbsolute } from 'node:path';

/**
 * Returns a base folder of the XDG Base Directory Specification, which says to ignore a relative
 * one.
 */
export function baseFolder(given: string | undefined, otherwise: string): string {
  return given !== undefined && isAbsolute(given) ? given : otherwise;
}
