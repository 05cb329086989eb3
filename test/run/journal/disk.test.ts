import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { type Disk, nodeDisk } from '#run/journal/file/disk.ts';
import { readJournal } from '#run/journal/file/read.ts';
import { openJournal, type WritableJournal } from '#run/journal/file/writer.ts';
import { someEvents } from '../../fixtures/journal-events.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const [started] = someEvents(1);
if (started === undefined) throw new Error('there are no events');
const start = started;
const note = { type: 'operator.noted', operator: 'ada', text: 'x' } as const;

/** A disk that does what it is asked, writes it down, and fails where it is told to. */
function recordingDisk(fails: Partial<Record<keyof Disk, Error>> = {}) {
  const asked: (keyof Disk)[] = [];
  const did = (what: keyof Disk): void => {
    asked.push(what);
    const error = fails[what];
    if (error !== undefined) throw error;
  };
  const disk: Disk = {
    write: (fd, bytes, offset) => {
      did('write');
      return nodeDisk.write(fd, bytes, offset);
    },
    truncate: (fd, length) => {
      did('truncate');
      nodeDisk.truncate(fd, length);
    },
    sync: (fd) => {
      did('sync');
      nodeDisk.sync(fd);
    },
    syncInBackground: (fd, done) => {
      asked.push('syncInBackground');
      const error = fails.syncInBackground;
      nodeDisk.syncInBackground(fd, (real) => done(error ?? real));
    },
  };
  return { disk, asked, fails };
}

function open(disk: Disk): { readonly journal: WritableJournal; readonly file: string } {
  const file = join(temporaryFolder(), 'journal.jsonl');
  return { file, journal: openJournal(file, { clock: () => new Date(), disk }) };
}

describe('a journal', () => {
  test('is durable when the disk has all events, and asks it once for those it had', async () => {
    const { disk, asked } = recordingDisk();
    const { journal } = open(disk);
    journal.append(start);
    await Promise.all([journal.durable(), journal.durable()]);
    expect(asked).toEqual(['write', 'syncInBackground']);
    await journal.durable();
    journal.close();
    expect(asked).toEqual(['write', 'syncInBackground']);
  });

  test('asks the disk again for an event that was written while it synced', async () => {
    const { disk, asked } = recordingDisk();
    const { journal } = open(disk);
    journal.append(start);
    const first = journal.durable();
    journal.append(note);
    await Promise.all([first, journal.durable()]);
    expect(asked).toEqual(['write', 'syncInBackground', 'write', 'syncInBackground']);
    journal.close();
  });

  test('syncs events that need not be waited for together, in the background', async () => {
    const { disk, asked } = recordingDisk();
    const { journal } = open(disk);
    for (const event of someEvents(4)) journal.append(event);
    expect(asked).toEqual(['write', 'write', 'write', 'write']);
    await vi.waitFor(() => expect(asked.at(-1)).toBe('syncInBackground'));
    expect(asked.filter((what) => what === 'syncInBackground')).toHaveLength(1);
    journal.close();
  });

  test('syncs what is not on the disk when it is flushed or closed', () => {
    const { disk, asked } = recordingDisk();
    const { journal } = open(disk);
    for (const event of someEvents(2)) journal.append(event);
    journal.flush();
    expect(asked).toEqual(['write', 'write', 'sync']);
    journal.flush();
    expect(asked).toEqual(['write', 'write', 'sync']);
    journal.append(note);
    journal.close();
    expect(asked).toEqual(['write', 'write', 'sync', 'write', 'sync']);
  });

  test('takes nothing more once the disk did not take an event', async () => {
    const { disk, fails } = recordingDisk({ syncInBackground: new Error('EIO') });
    const { journal } = open(disk);
    journal.append(start);
    await expect(journal.durable()).rejects.toThrow('EIO');
    fails.syncInBackground = undefined as never;
    await expect(journal.durable()).rejects.toThrow('EIO');
    expect(() => journal.append(note)).toThrow('EIO');
    expect(() => journal.flush()).toThrow('EIO');
    journal.close();
  });

  test('takes nothing more once the disk did not take an event in the background', async () => {
    const { disk } = recordingDisk({ syncInBackground: new Error('EIO') });
    const { journal } = open(disk);
    journal.append(start);
    const append = () => journal.append(note);
    await vi.waitFor(() => expect(append).toThrow('EIO'));
    journal.close();
  });

  test('leaves no part of an event that could not be written', () => {
    const { disk, asked } = recordingDisk();
    const short: Disk = {
      ...disk,
      write: (fd, bytes, offset) => {
        if (offset > 0) throw new Error('ENOSPC');
        return nodeDisk.write(fd, bytes.subarray(0, 10), 0);
      },
    };
    const { journal, file } = open(short);
    expect(() => journal.append(start)).toThrow('ENOSPC');
    expect(asked).toEqual(['truncate']);
    expect(readFileSync(file, 'utf8')).toBe('');
    journal.close();
  });

  test('writes the rest of an event that was written in part', () => {
    const inPieces: Disk = {
      ...nodeDisk,
      write: (fd, bytes, offset) => nodeDisk.write(fd, bytes.subarray(0, offset + 50), offset),
    };
    const { journal, file } = open(inPieces);
    journal.append(start);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ seq: 1, event: start });
    journal.close();
  });

  test('keeps what was written before an event that could not be', () => {
    let isFull = false;
    const filling: Disk = {
      ...nodeDisk,
      write: (fd, bytes, offset) => {
        if (!isFull) return nodeDisk.write(fd, bytes, offset);
        if (offset > 0) throw new Error('ENOSPC');
        return nodeDisk.write(fd, bytes.subarray(0, 10), 0);
      },
    };
    const { journal, file } = open(filling);
    journal.append(start);
    isFull = true;
    expect(() => journal.append(note)).toThrow(
      expect.objectContaining({
        message: "cannot write the run's journal: ENOSPC",
        hint: expect.stringContaining('`runbook resume`'),
      }),
    );
    isFull = false;
    journal.append(note);
    journal.close();
    expect(readJournal(file).records.map(({ event }) => event)).toEqual([start, note]);
  });

  test('takes nothing more once a part of an event could not be taken back, or a flush failed', () => {
    const { disk } = recordingDisk({ truncate: new Error('EIO') });
    const torn = open({
      ...disk,
      write: (_, __, offset) => {
        if (offset > 0) throw new Error('ENOSPC');
        return 10;
      },
    }).journal;
    expect(() => torn.append(start)).toThrow('EIO');
    expect(() => torn.flush()).toThrow('EIO');
    torn.close();
    const unsynced = open(recordingDisk({ sync: new Error('EIO') }).disk).journal;
    unsynced.append(start);
    expect(() => unsynced.flush()).toThrow('EIO');
    expect(() => unsynced.append(note)).toThrow('EIO');
    unsynced.close();
  });

  test('is durable, flushed or closed only when the sync in progress is over', async () => {
    const { disk, asked } = recordingDisk();
    const pending: ((error: Error | null) => void)[] = [];
    const slow: Disk = { ...disk, syncInBackground: (_, done) => void pending.push(done) };
    const { journal, file } = open(slow);
    journal.flush();
    expect(asked).toEqual([]);
    journal.append(start);
    const durable: string[] = [];
    void journal.durable().then(() => durable.push('first'));
    void journal.durable().then(() => durable.push('second'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(durable).toEqual([]);
    expect(pending).toHaveLength(1);
    journal.flush();
    expect(asked).toEqual(['write', 'sync']);
    journal.close();
    expect(openFilesIn(file)).toHaveLength(1);
    pending[0]?.(null);
    await vi.waitFor(() => expect(durable).toEqual(['first', 'second']));
    expect(openFilesIn(file)).toEqual([]);
  });

  test('continues after a last line that is longer than what is read of it at once', () => {
    const { journal, file } = open(nodeDisk);
    const long = { ...note, text: 'x'.repeat(200_000) };
    for (const event of [start, note, long]) journal.append(event);
    journal.close();
    const again = openJournal(file, { clock: () => new Date() });
    again.append(note);
    again.close();
    expect(readJournal(file)).toMatchObject({ problems: [], tornBytes: 0 });
    expect(readJournal(file).records).toHaveLength(4);
  });
});

/** Returns the files and folders that this process has open at a file or around it. */
function openFilesIn(file: string): readonly string[] {
  const open = readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      return [readlinkSync(`/proc/self/fd/${fd}`)];
    } catch {
      return [];
    }
  });
  return open.filter((path) => path !== '/' && (path === file || file.startsWith(`${path}/`)));
}
