import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { environmentError, messageOf, type RunbookError } from '#errors.ts';

const LINE_END = 0x0a;

/**
 * Reads a journal while another process writes it. A last line without its line end may be
 * incomplete, or may be taken back: it is read again on the next poll. Takes no lock and writes
 * nothing.
 */
export class JournalFollower {
  readonly #fd: number;
  #offset = 0;

  /** Opens a journal; throws if it cannot be read. */
  constructor(file: string) {
    try {
      this.#fd = openSync(file, 'r');
    } catch (error) {
      throw unreadable(error);
    }
  }

  /** Returns the whole lines written since the last poll; throws if lines are gone. */
  look(): Buffer {
    const unread = this.#unread();
    const lines = unread.subarray(0, unread.lastIndexOf(LINE_END) + 1);
    this.#offset += lines.length;
    return lines;
  }

  /** Closes the file. */
  close(): void {
    closeSync(this.#fd);
  }

  #unread(): Buffer {
    try {
      const length = fstatSync(this.#fd).size - this.#offset;
      if (length < 0) throw new Error('lines that were there are gone');
      const bytes = Buffer.alloc(length);
      return bytes.subarray(0, readSync(this.#fd, bytes, 0, length, this.#offset));
    } catch (error) {
      throw unreadable(error);
    }
  }
}

function unreadable(error: unknown): RunbookError {
  const what = messageOf(error);
  return environmentError(`cannot read the run's journal: ${what}`, undefined, error);
}
