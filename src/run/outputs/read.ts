import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

const OUTPUT_PATH = /^outputs\/[A-Za-z0-9][\w.-]*$/;

/** Tells whether a path that a record names is one of an output, inside the run's `outputs`. */
export function isOutputPath(file: string): boolean {
  return OUTPUT_PATH.test(file);
}

/**
 * Reads an output file that a record names, up to a number of bytes, as text. Returns `undefined`
 * when it is not there, and for any path outside the run's `outputs`, which only a journal that was
 * tampered with can hold.
 */
export function readOutput(
  run: { readonly folder: string },
  file: string,
  limitBytes = Number.POSITIVE_INFINITY,
): string | undefined {
  if (!isOutputPath(file)) return undefined;
  let fd: number | undefined;
  try {
    fd = openSync(join(run.folder, file), 'r');
    const bytes = Buffer.alloc(Math.min(fstatSync(fd).size, limitBytes));
    return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, 0));
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}
