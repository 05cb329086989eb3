import type { Engine } from './engines.ts';

/** The oldest versions whose catalogs the library's statements read. */
const OLDEST: Partial<Readonly<Record<Engine, readonly [number, number]>>> = {
  mysql: [8, 0],
  mariadb: [10, 5],
};

/**
 * Returns a sentence about a server that is older than the library's statements need; undefined for
 * one that is not, and for one whose version is unknown.
 */
export function oldVersionNote(engine: string, version: string): string | undefined {
  const oldest = OLDEST[engine as Engine];
  const [major = Number.NaN, minor = 0] = version.split('.').map(Number);
  if (oldest === undefined || Number.isNaN(major)) return undefined;
  const [least, leastMinor] = oldest;
  if (major > least || (major === least && minor >= leastMinor)) return undefined;
  const name = engine === 'mysql' ? 'MySQL' : 'MariaDB';
  return `${name} ${version} is older than ${least}.${leastMinor}, the oldest version that the shipped runbooks know: some of their statements fail on it.`;
}
