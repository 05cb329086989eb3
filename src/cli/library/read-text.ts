import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { codeOf, EXIT, environmentError, RunbookError, usageError } from '#errors.ts';

/** The size limit of a runbook, its cases or a library file, in bytes. */
const LARGEST_TEXT = 5 * 1024 * 1024;

const PIECE = 64 * 1024;

/** The texts of named streams, by path: a pipe can be read once. */
const streams = new Map<string, string>();

/**
 * Returns the absolute path of a file that a person named: a file, or a stream such as a pipe, which
 * is read here. Throws a usage error for anything else.
 */
export function namedFile(path: string): string {
  const file = resolve(path);
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) throw usageError(`file not found: ${path}`);
  if (stats.isDirectory()) throw usageError(`${path} is a folder, not a file`);
  if (!stats.isFile() && !streams.has(file))
    streams.set(
      file,
      decoded(
        file,
        readAll(file, constants.O_RDONLY, () => true),
      ),
    );
  return file;
}

/**
 * Reads the text of a file, or that of a stream that a person named. Never waits for anything else.
 * Throws if it is not a file, larger than 5 MB, or not UTF-8.
 */
export function readText(file: string, largest = LARGEST_TEXT): string {
  const known = streams.get(file);
  if (known !== undefined) return known;
  // Opening a pipe waits for its writer otherwise.
  const flags = constants.O_RDONLY | constants.O_NONBLOCK;
  return decoded(
    file,
    readAll(file, flags, (stats) => stats.isFile(), largest),
  );
}

function readAll(
  file: string,
  flags: number,
  isWanted: (stats: Stats) => boolean,
  largest = LARGEST_TEXT,
): Buffer {
  let opened: number | undefined;
  try {
    opened = openSync(file, flags);
    const stats = fstatSync(opened);
    if (!isWanted(stats)) throw environmentError(`${file} is ${kindOf(stats)}, not a file`);
    const pieces: Buffer[] = [];
    for (let size = 0; ; ) {
      const piece = Buffer.alloc(PIECE);
      const length = readSync(opened, piece);
      if (length === 0) return Buffer.concat(pieces);
      size += length;
      if (size > largest)
        throw environmentError(`${file} is too large: the limit is ${largest >> 10} KiB`);
      pieces.push(piece.subarray(0, length));
    }
  } catch (error) {
    if (error instanceof RunbookError) throw error;
    // A socket cannot be opened.
    const reason = codeOf(error) === 'ENXIO' ? 'is a socket, not a file' : 'cannot be read';
    throw environmentError(`${file} ${reason}`, undefined, error);
  } finally {
    if (opened !== undefined) closeSync(opened);
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder';
  if (stats.isFIFO()) return 'a pipe';
  return stats.isSocket() ? 'a socket' : 'a device';
}

function decoded(file: string, bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new RunbookError(`${file} is not UTF-8: ${flawOf(bytes)}`, {
      code: 'invalid-runbook',
      exitCode: EXIT.invalid,
      cause,
    });
  }
}

/** Says where the first byte is that is not UTF-8, and what the text may be. */
function flawOf(bytes: Buffer): string {
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff') return 'it is UTF-16; convert it with iconv';
  const at = firstFlaw(bytes);
  const before = bytes.subarray(0, at).toString('utf8').split('\n');
  const column = [...(before.at(-1) ?? '')].length + 1;
  const byte = bytes.subarray(at, at + 1).toString('hex');
  return `byte 0x${byte} in line ${before.length}, column ${column}; it may be Latin-1 (iconv -f latin1 -t utf-8)`;
}

/** Returns the offset of the first byte that does not belong to a character of UTF-8. */
function firstFlaw(bytes: Buffer): number {
  let valid = 0;
  let invalid = bytes.length;
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (decodes(bytes.subarray(0, middle), true)) valid = middle;
    else invalid = middle;
  }
  // What was taken for the beginning of a character is not one.
  while (!decodes(bytes.subarray(0, valid), false)) valid -= 1;
  return valid;
}

function decodes(bytes: Buffer, isBeginning: boolean): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: isBeginning });
    return true;
  } catch {
    return false;
  }
}
