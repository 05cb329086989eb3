import { existsSync, mkdirSync, readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { JournalFollower } from '#run/journal/file/follow.ts';
import { readJournal } from '#run/journal/file/read.ts';
import { repairTail } from '#run/journal/file/tail.ts';
import { openJournal } from '#run/journal/file/writer.ts';
import { RUN_STARTED } from '../../fixtures/pool-exhausted-steps.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

function open() {
  const file = join(temporaryFolder(), 'journal.jsonl');
  return { file, journal: openJournal(file, { clock: () => new Date() }) };
}

describe('a journal file', () => {
  test('is not continued after a line that is none', () => {
    const { journal, file } = open();
    journal.close();
    writeFileSync(file, 'no line of a journal\n');
    expect(() => openJournal(file, { clock: () => new Date() })).toThrow(
      expect.objectContaining({
        message: "cannot continue the run's journal: its last line is damaged",
        hint: 'read the journal again before going on',
      }),
    );
  });

  test('that is not there cannot be read, and a folder that is not there holds none', () => {
    const gone = join(temporaryFolder(), 'gone', 'journal.jsonl');
    expect(() => readJournal(gone)).toThrow(/^cannot read the run's journal: ENOENT/);
    expect(() => new JournalFollower(gone)).toThrow(/^cannot read the run's journal: ENOENT/);
    expect(() => openJournal(gone, { clock: () => new Date() })).toThrow(
      expect.objectContaining({
        message: expect.stringMatching(/^cannot write in the run's folder: ENOENT/),
        hint: expect.stringContaining('RUNBOOK_STATE'),
      }),
    );
  });

  test('that is a folder cannot be written, and leaves no lock', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'journal.jsonl'));
    const file = join(folder, 'journal.jsonl');
    expect(() => openJournal(file, { clock: () => new Date() })).toThrow(
      /^cannot write the run's journal: EISDIR/,
    );
    expect(readdirSync(folder)).toEqual(['journal.jsonl']);
  });

  test('is not followed any more once its follower is closed', () => {
    const { journal, file } = open();
    const follower = new JournalFollower(file);
    follower.close();
    expect(() => follower.look()).toThrow(/^cannot read the run's journal: EBADF/);
    journal.close();
  });

  test.skipIf(!existsSync('/proc/self/fd'))('leaves no file open, whatever came of it', () => {
    const { journal, file } = open();
    journal.append(RUN_STARTED);
    const follower = new JournalFollower(file);
    expect(openFilesIn(file)).toHaveLength(2);
    follower.close();
    journal.close();
    journal.close();
    expect(openFilesIn(file)).toEqual([]);
    writeFileSync(file, '{"seq":1');
    expect(() => openJournal(file, { clock: () => new Date() })).toThrow('torn');
    expect(openFilesIn(file)).toEqual([]);
    expect(repairTail(file)).toBe('{"seq":1');
    expect(repairTail(file)).toBeUndefined();
    expect(openFilesIn(file)).toEqual([]);
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
