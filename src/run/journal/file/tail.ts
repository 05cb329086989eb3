import { closeSync, fstatSync, fsyncSync, ftruncateSync, openSync, readSync } from 'node:fs';
import { dirname } from 'node:path';
import { environmentError, messageOf } from '#errors.ts';
import { takeWriterLock } from './lock.ts';

const LINE_END = 0x0a;
const CHUNK_BYTES = 64 * 1024;

/** The end of a journal: its last complete line and the bytes after it. */
export type JournalTail = {
  /** With its line end; `undefined` if the journal has no complete line. */
  readonly lastLine: Buffer | undefined;
  /** The bytes of a line that was only partly written. */
  readonly torn: Buffer;
  /** The offset of `torn`. */
  readonly completeBytes: number;
};

/** Reads the end of a journal backward, without reading the rest. */
export function readTail(fd: number): JournalTail {
  let start = fstatSync(fd).size;
  let bytes = Buffer.alloc(0);
  while (start > 0 && !holdsLastLine(bytes)) {
    const chunk = Buffer.alloc(Math.min(CHUNK_BYTES, start));
    start -= chunk.length;
    readSync(fd, chunk, 0, chunk.length, start);
    bytes = Buffer.concat([chunk, bytes]);
  }
  const end = bytes.lastIndexOf(LINE_END) + 1;
  const lastLine = bytes.subarray(lineStart(bytes, end), end);
  return {
    lastLine: lastLine.length > 0 ? lastLine : undefined,
    torn: bytes.subarray(end),
    completeBytes: start + end,
  };
}

function holdsLastLine(bytes: Buffer): boolean {
  const end = bytes.lastIndexOf(LINE_END) + 1;
  return end > 0 && lineStart(bytes, end) > 0;
}

/** Returns the offset of the line that ends directly before `end`. */
function lineStart(bytes: Buffer, end: number): number {
  return end < 2 ? 0 : bytes.lastIndexOf(LINE_END, end - 2) + 1;
}

/**
 * Removes a partly written line from a journal's end after a crash. Returns what it removed, or
 * `undefined` if the journal ends with a complete line. Throws if a live process writes the
 * journal, since its last line may be incomplete.
 */
export function repairTail(file: string): string | undefined {
  const lock = takeWriterLock(dirname(file));
  try {
    const fd = openSync(file, 'r+');
    try {
      const { torn, completeBytes } = readTail(fd);
      if (torn.length === 0) return undefined;
      ftruncateSync(fd, completeBytes);
      fsyncSync(fd);
      return torn.toString();
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    const what = messageOf(error);
    throw environmentError(`cannot repair the run's journal: ${what}`, undefined, error);
  } finally {
    lock.release();
  }
}
