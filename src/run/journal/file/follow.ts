import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { environmentError, messageOf, type RunbookError } from '#errors.ts';
import type { RecordedEvent } from '#events/log/event.ts';
import { JournalCursor } from '../cursor.ts';

/**
 * Reads a journal while another process writes it. A last line without its line end may be
 * incomplete, or may be taken back: it is read again on the next poll. Takes no lock and writes
 * nothing.
 */
export class JournalFollower {
  readonly #fd: number;
  readonly #cursor = new JournalCursor((record) => this.#fresh.push(record));
  #offset = 0;
  #fresh: RecordedEvent[] = [];

  /** Opens a journal; throws if it cannot be read. */
  constructor(file: string) {
    try {
      this.#fd = openSync(file, 'r');
    } catch (error) {
      throw unreadable(error);
    }
  }

  /**
   * Returns the events written since the last poll. Throws if a line is no journal line, was
   * modified or holds no valid event, if lines are missing, and if a later version of runbook wrote
   * the event.
   */
  look(): readonly RecordedEvent[] {
    this.#fresh = [];
    this.#offset += this.#cursor.read(this.#unread());
    const { problem } = this.#cursor;
    if (problem !== undefined) throw unreadable(`line ${problem.line} ${problem.what}`);
    return this.#fresh;
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
