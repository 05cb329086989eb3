import { closeSync, fstatSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { environmentError, messageOf, type RunbookError } from '#errors.ts';
import type { RecordedEvent, RunEvent } from '#events/log/event.ts';
import { decodeLine, encodeLine, hashLine, NO_LINE } from '../line.ts';
import type { OpenOptions } from '../port.ts';
import { type Disk, nodeDisk } from './disk.ts';
import { takeWriterLock, type WriterLock } from './lock.ts';
import { syncToDisk } from './sync-to-disk.ts';
import { readTail } from './tail.ts';

/** The maximum delay before a record of a read is synced. */
const SYNC_WITHIN_MS = 200;

/** The options of a journal besides its file. */
export type JournalOptions = OpenOptions & {
  /** Writes and syncs. @default that of Node */
  readonly disk?: Disk | undefined;
};

/** A journal file, locked for writing by this process. */
export type WritableJournal = {
  /**
   * Writes an event and returns it with its sequence number; `at` is its time (ISO), by default
   * now. On return, events are in the file, in order; they are on the disk within 200 ms. Throws if
   * the event could not be written, and leaves no part of it behind; after a failed sync every
   * later write throws.
   */
  append(event: RunEvent, at?: string): RecordedEvent;
  /** Returns once everything written is on the disk. */
  flush(): void;
  /** Resolves once everything written is on the disk; rejects if the sync failed. */
  durable(): Promise<void>;
  /** Flushes and closes the file; idempotent. */
  close(): void;
};

/**
 * Opens a run's journal for writing, or creates it. Throws if another live process has it open, if
 * its last line is torn (see {@link repairTail}), and if it does not end at `after`.
 */
export function openJournal(file: string, options: JournalOptions): WritableJournal {
  const lock = takeWriterLock(dirname(file));
  let fd: number | undefined;
  try {
    fd = openForWriting(file);
    const { lastLine, torn } = readTail(fd);
    if (torn.length > 0) throw damaged('its last line is torn');
    const last = lastLine === undefined ? undefined : decodeLine(lastLine);
    if (lastLine !== undefined && last === undefined) throw damaged('its last line is damaged');
    const head = lastLine === undefined ? NO_LINE : hashLine(lastLine);
    if (options.after !== undefined && options.after !== head) {
      throw damaged('it has lines that were not there, or not in order, when it was read');
    }
    if (lastLine === undefined) syncToDisk(dirname(file));
    return new JournalFile(fd, lock, options, { seq: last?.seq ?? 0, head });
  } catch (error) {
    if (fd !== undefined) closeSync(fd);
    lock.release();
    throw error;
  }
}

class JournalFile implements WritableJournal {
  readonly #fd: number;
  readonly #lock: WriterLock;
  readonly #clock: () => Date;
  readonly #disk: Disk;
  #seq: number;
  #head: string;
  #bytes: number;
  #unsynced = false;
  #syncTimer: NodeJS.Timeout | undefined;
  /** The sync in progress, which never rejects; later writes need another one. */
  #syncing: Promise<void> | undefined;
  #closed = false;
  /** Set once the content of the disk is unknown; every later write fails with it. */
  #broken: RunbookError | undefined;

  constructor(
    fd: number,
    lock: WriterLock,
    { clock, disk = nodeDisk }: JournalOptions,
    last: { readonly seq: number; readonly head: string },
  ) {
    this.#fd = fd;
    this.#lock = lock;
    this.#clock = clock;
    this.#disk = disk;
    this.#seq = last.seq;
    this.#head = last.head;
    this.#bytes = fstatSync(fd).size;
  }

  append(event: RunEvent, at = this.#clock().toISOString()): RecordedEvent {
    this.#refuseIfOver();
    const record = { seq: this.#seq + 1, at, event };
    const line = encodeLine(record, this.#head);
    this.#write(line);
    this.#seq = record.seq;
    this.#head = hashLine(line);
    this.#unsynced = true;
    this.#syncSoon();
    return record;
  }

  flush(): void {
    this.#refuseIfOver();
    if (!this.#unsynced && this.#syncing === undefined) return;
    clearTimeout(this.#syncTimer);
    this.#syncTimer = undefined;
    try {
      this.#disk.sync(this.#fd);
    } catch (error) {
      throw this.#breakWith(error);
    }
    this.#unsynced = false;
  }

  async durable(): Promise<void> {
    while (this.#unsynced || this.#syncing !== undefined)
      await (this.#syncing ?? this.#syncInBackground());
    if (this.#broken !== undefined) throw this.#broken;
  }

  close(): void {
    if (this.#closed) return;
    try {
      if (this.#broken === undefined) this.flush();
    } finally {
      this.#closed = true;
      clearTimeout(this.#syncTimer);
      this.#lock.release();
      if (this.#syncing === undefined) closeSync(this.#fd);
    }
  }

  #refuseIfOver(): void {
    if (this.#broken !== undefined) throw this.#broken;
    if (this.#closed) throw cannotWrite('it is closed');
  }

  #write(line: Buffer): void {
    let written = 0;
    try {
      while (written < line.length) written += this.#disk.write(this.#fd, line, written);
      this.#bytes += line.length;
    } catch (error) {
      if (written > 0) this.#takeBack();
      throw cannotWrite(error);
    }
  }

  /** A partial line would make the next one unreadable. */
  #takeBack(): void {
    try {
      this.#disk.truncate(this.#fd, this.#bytes);
    } catch (error) {
      throw this.#breakWith(error);
    }
  }

  #syncSoon(): void {
    this.#syncTimer ??= setTimeout(
      () => void this.durable().catch(() => undefined),
      SYNC_WITHIN_MS,
    );
    this.#syncTimer.unref();
  }

  #syncInBackground(): Promise<void> {
    clearTimeout(this.#syncTimer);
    this.#syncTimer = undefined;
    this.#unsynced = false;
    this.#syncing = new Promise((resolve) => {
      this.#disk.syncInBackground(this.#fd, (error) => {
        this.#syncing = undefined;
        if (error !== null) this.#breakWith(error);
        if (this.#closed) closeSync(this.#fd);
        resolve();
      });
    });
    return this.#syncing;
  }

  /** After a failed sync the system may discard the unwritten data, so no retry is safe. */
  #breakWith(error: unknown): RunbookError {
    this.#broken ??= cannotWrite(error);
    return this.#broken;
  }
}

function openForWriting(file: string): number {
  try {
    return openSync(file, 'a+', 0o600);
  } catch (error) {
    throw cannotWrite(error);
  }
}

function damaged(what: string): RunbookError {
  return environmentError(
    `cannot continue the run's journal: ${what}`,
    'read the journal again before going on',
  );
}

function cannotWrite(error: unknown): RunbookError {
  const what = messageOf(error);
  return environmentError(
    `cannot write the run's journal: ${what}`,
    'without a journal nothing is run; free space or fix the disk, then `runbook resume`',
    error,
  );
}
