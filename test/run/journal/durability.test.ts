import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { type Disk, nodeDisk } from '#run/journal/file/disk.ts';
import { openJournal, type WritableJournal } from '#run/journal/file/writer.ts';
import { someEvents } from '../../fixtures/journal-events.ts';
import { awaits, leaveRun, realRun } from '../../fixtures/real-run.ts';
import { asks, confirmGate, recordedSession } from '../../fixtures/recorded-session.ts';
import { send } from '../../support/send.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const [started, ...notes] = someEvents(6);
const note = notes[0] ?? started;

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
    if (started !== undefined) journal.append(started);
    await Promise.all([journal.durable(), journal.durable()]);
    expect(asked).toEqual(['write', 'syncInBackground']);
    await journal.durable();
    journal.close();
    expect(asked).toEqual(['write', 'syncInBackground']);
  });

  test('asks the disk again for an event that was written while it synced', async () => {
    const { disk, asked } = recordingDisk();
    const { journal } = open(disk);
    if (started !== undefined) journal.append(started);
    const first = journal.durable();
    if (note !== undefined) journal.append(note);
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
    if (note !== undefined) journal.append(note);
    journal.close();
    expect(asked).toEqual(['write', 'write', 'sync', 'write', 'sync']);
  });

  test('takes nothing more once the disk did not take an event', async () => {
    const { disk, fails } = recordingDisk({ syncInBackground: new Error('EIO') });
    const { journal } = open(disk);
    if (started !== undefined) journal.append(started);
    await expect(journal.durable()).rejects.toThrow('EIO');
    fails.syncInBackground = undefined as never;
    await expect(journal.durable()).rejects.toThrow('EIO');
    expect(() => note && journal.append(note)).toThrow('EIO');
    expect(() => journal.flush()).toThrow('EIO');
    journal.close();
  });

  test('takes nothing more once the disk did not take an event in the background', async () => {
    const { disk } = recordingDisk({ syncInBackground: new Error('EIO') });
    const { journal } = open(disk);
    if (started !== undefined) journal.append(started);
    const append = () => note && journal.append(note);
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
    expect(() => started && journal.append(started)).toThrow('ENOSPC');
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
    if (started !== undefined) journal.append(started);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ seq: 1, event: started });
    journal.close();
  });
});

const CHANGE = `
name: inline
title: A change
summary: A change between two reads.
inputs: { folder: { default: /tmp } }
steps:
  - { id: look, effect: read, shell: 'true' }
  - id: mark
    effect: change
    shell: cp "$FOLDER/on-disk" "$FOLDER/seen"
    env: { FOLDER: '\${{ inputs.folder }}' }
    undo: { shell: 'true' }
  - { id: ask, manual: Right? }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

test('a session writes intent, start and end of a change to the disk, in this order', async () => {
  const run = recordedSession(CHANGE, { inputs: { folder: '/tmp' } });
  run.begin();
  await asks(run, 'gate');
  confirmGate(run);
  await asks(run, 'report');
  send(run.session, { type: 'undo', step: 'mark', reason: '' });
  await asks(run, 'gate');
  confirmGate(run);
  await asks(run, 'stopped');
  send(run.session, { type: 'leave' });
  await run.session.ended;
  expect(run.deeds).toEqual([
    'write step.entered',
    'write step.started',
    'execute look action',
    'write step.finished',
    'write step.settled',
    'write branch.taken',
    'write step.entered',
    'write gate.opened',
    'write operator.awaited',
    'write gate.answered',
    'write step.started',
    'durable',
    'execute mark action',
    'write step.finished',
    'write step.settled',
    'write branch.taken',
    'write step.entered',
    'write operator.awaited',
    'durable',
    'write operator.acted',
    'write gate.opened',
    'write operator.awaited',
    'write gate.answered',
    'write step.started',
    'durable',
    'execute mark undo',
    'write step.finished',
    'write step.undone',
    'write operator.awaited',
    'durable',
    'write run.paused',
    'durable',
  ]);
});

test('what the operator can do is recorded where the machine stands then', async () => {
  const run = recordedSession(CHANGE, { inputs: { folder: '/tmp' } });
  run.begin();
  await asks(run, 'gate');
  expect(run.session.view().awaited?.can).toEqual(expect.arrayContaining(['confirm', 'decline']));
  confirmGate(run);
  await asks(run, 'report');
  expect(run.session.view().awaited?.can).toContain('report');
  expect(run.session.view().awaited?.can).not.toContain('confirm');
});

test('a change finds its start and its confirmation on the disk when it runs', async () => {
  const folder = temporaryFolder();
  let journal = '';
  const disk: Disk = {
    ...nodeDisk,
    syncInBackground: (fd, done) =>
      nodeDisk.syncInBackground(fd, (error) => {
        if (existsSync(journal)) writeFileSync(join(folder, 'on-disk'), readFileSync(journal));
        done(error);
      }),
  };
  const runs = realRun(CHANGE, folder, disk);
  const run = await runs.start({ given: { folder } });
  journal = runs.journalOf(run.id);
  await awaits(run, 'gate');
  send(run.session, { type: 'confirm', digest: run.session.view().gate?.digest ?? '' });
  await awaits(run, 'report');
  const seen = typesIn(join(runs.folder, 'seen'));
  expect(seen.slice(-2)).toEqual(['gate.answered', 'step.started']);
  expect(typesIn(join(runs.folder, 'on-disk'))).toContain('step.finished');
  await leaveRun(run);
});

test('the journal that cannot be written stops a run before its change', async () => {
  const run = recordedSession(CHANGE, {
    inputs: { folder: '/tmp' },
    onAppend: (event) => {
      if (event.type === 'step.started' && event.effect !== 'read') throw new Error('EIO');
    },
  });
  run.begin();
  await asks(run, 'gate');
  confirmGate(run);
  await expect(run.session.ended).rejects.toThrow('EIO');
  expect(run.deeds).not.toContain('execute mark action');
});

function typesIn(file: string): readonly string[] {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line).event.type);
}
