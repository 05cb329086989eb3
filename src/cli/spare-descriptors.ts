import { closeSync, openSync } from 'node:fs';
import { environmentError } from '#errors.ts';

/**
 * The number of descriptors a run opens on the screen at its start: its folder, a connection, the
 * pipes of a script.
 */
const NEEDED = 32;

/**
 * Throws an environment error if the limit of open files is too low for a run, which would
 * otherwise fail later and anywhere, even in a library.
 */
export function requireDescriptors(): void {
  const opened: number[] = [];
  try {
    while (opened.length < NEEDED) opened.push(openSync('/dev/null', 'r'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EMFILE' && code !== 'ENFILE') return;
    throw environmentError(
      `the limit on open files is too low: ${opened.length} are available, and a run requires ${NEEDED}`,
      'raise the limit: ulimit -n 1024',
      error,
    );
  } finally {
    for (const fd of opened) closeSync(fd);
  }
}
