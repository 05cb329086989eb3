import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Syncs the entries of a folder to disk; a synced file is lost without its entry. */
export function syncFolder(folder: string): void {
  const fd = openSync(folder, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}
