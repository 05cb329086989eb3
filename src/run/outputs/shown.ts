import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { environmentError } from '#errors.ts';
import type { RunView } from '#events/view/run-view.ts';
import { characterStart } from './ends.ts';
import { isOutputPath } from './read.ts';

/** Of a long output, a screen shows this much of either end. */
const END_BYTES = 2 * 1024 * 1024;
/** And this much while it is printed: keys are answered within 100 ms also under a flood. */
const GROWING_END_BYTES = 256 * 1024;
/** A line is left whole where it is cut off, unless it is longer than this. */
const LINE_BYTES = 64 * 1024;
const LINE_END = 0x0a;

/** Returns whether what prints to an output file has not ended: no record of it is there. */
export function isGrowing({ steps, adhoc = [] }: RunView, file: string): boolean {
  return ![...steps, ...adhoc].some(({ executions }) =>
    executions.some(({ outputs }) => outputs.some((output) => output.file === file)),
  );
}

/**
 * Reads what a screen shows of an output file as it is now: all of it, or both ends of a long one,
 * and between them how much is left out and where the whole file is. Lines and characters at the
 * cuts are whole, and memory is bounded. Throws when it cannot be read.
 */
export function shownOutput(
  run: { readonly folder: string },
  file: string,
  options: { readonly isGrowing: boolean },
): string {
  if (!isOutputPath(file)) throw environmentError('this is no output of the run');
  const path = join(run.folder, file);
  const fd = openedOutput(path);
  try {
    const { size } = fstatSync(fd);
    const endBytes = options.isGrowing ? GROWING_END_BYTES : END_BYTES;
    if (size <= 2 * endBytes) return wholeCharacters(bytesAt(fd, 0, size));
    const head = untilLineEnd(bytesAt(fd, 0, endBytes));
    const tail = fromLineStart(bytesAt(fd, size - endBytes, endBytes));
    const leftOut = size - head.length - tail.length;
    const note = `… ${leftOut} of ${size} bytes are left out here; all of them are in ${path} …`;
    const isInLine = head.at(-1) !== LINE_END;
    return `${wholeCharacters(head)}${isInLine ? '\n' : ''}\n${note}\n\n${tail.toString()}`;
  } finally {
    closeSync(fd);
  }
}

function openedOutput(path: string): number {
  try {
    return openSync(path, 'r');
  } catch (error) {
    throw environmentError('this output is not there', undefined, error);
  }
}

function bytesAt(fd: number, start: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, start));
}

function untilLineEnd(bytes: Buffer): Buffer {
  const end = bytes.lastIndexOf(LINE_END);
  return end === -1 || end < bytes.length - LINE_BYTES ? bytes : bytes.subarray(0, end + 1);
}

function fromLineStart(bytes: Buffer): Buffer {
  const end = bytes.indexOf(LINE_END);
  const isNear = end !== -1 && end < LINE_BYTES;
  return bytes.subarray(isNear ? end + 1 : characterStart(bytes));
}

/** The end may be in the middle of a character, of which the rest is cut off or still to come. */
function wholeCharacters(bytes: Buffer): string {
  return new StringDecoder('utf8').write(bytes);
}
