import { fdatasync, fdatasyncSync, ftruncateSync, writeSync } from 'node:fs';

/** What a journal does to its file; files are named by their descriptor. Every function throws what the system says. */
export type Disk = {
  /** Writes the bytes from `offset` on, or a part of them; returns how many. */
  readonly write: (fd: number, bytes: Buffer, offset: number) => number;
  readonly truncate: (fd: number, length: number) => void;
  /** Returns when everything written is on the disk. */
  readonly sync: (fd: number) => void;
  /** Calls back when everything written is on the disk, or with what went wrong. */
  readonly syncInBackground: (fd: number, done: (error: Error | null) => void) => void;
};

/** The file system of this machine. */
export const nodeDisk: Disk = {
  write: (fd, bytes, offset) => writeSync(fd, bytes, offset),
  truncate: ftruncateSync,
  sync: fdatasyncSync,
  syncInBackground: fdatasync,
};
