import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Syncs a file, or the entries of a folder: a synced file is lost without its entry. */
export function syncToDisk(path: string): void {
  const fd = openSync(path, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
