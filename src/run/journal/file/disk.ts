import { fdatasync, fdatasyncSync, ftruncateSync, writeSync } from 'node:fs';

/**
 * The file operations of a journal, by file descriptor. Every function throws the system's error.
 */
export type Disk = {
  /** Writes the bytes from `offset` on, or a part of them; returns the number written. */
  readonly write: (fd: number, bytes: Buffer, offset: number) => number;
  readonly truncate: (fd: number, length: number) => void;
  /** Returns once everything written is on the disk. */
  readonly sync: (fd: number) => void;
  /** Calls back once everything written is on the disk, or with the error. */
  readonly syncInBackground: (fd: number, done: (error: Error | null) => void) => void;
};

/** The file system of this machine. */
export const nodeDisk: Disk = {
  write: (fd, bytes, offset) => writeSync(fd, bytes, offset),
  truncate: ftruncateSync,
  sync: fdatasyncSync,
  syncInBackground: fdatasync,
};
