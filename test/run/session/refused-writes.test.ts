import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { awaits, endOf, leaveRun, realRun } from '../../fixtures/real-run.ts';
import { send } from '../../support/send.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Only root can mount a disk of its own. */
const canMount = process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'true']).status === 0;

function mount(...words: readonly string[]): void {
  const { status, stderr } = spawnSync('mount', words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
}

/** What cannot be shown to other runs is reported, and is no reason to end a run. */
const around = {
  reportError: (error: unknown) => expect(String(error)).toMatch(/ENOSPC|EROFS/),
};

/** A small disk of its own, and a folder that is not on it. */
function smallDisk() {
  const disk = temporaryFolder();
  mount('-t', 'tmpfs', '-o', 'size=256k', 'none', disk);
  onTestFinished(() => void spawnSync('umount', ['-l', disk]));
  const filler = join(disk, 'filler');
  return {
    disk,
    outside: temporaryFolder(),
    fill() {
      for (const size of [64 * 1024, 4 * 1024])
        try {
          for (;;) appendFileSync(filler, Buffer.alloc(size));
        } catch {
          // It is full now, to the last page.
        }
    },
    empty: () => rmSync(filler),
    freeze: () => mount('-o', 'remount,ro', disk),
  };
}

/** A change that has to be recorded with more than fits into what is left of a page. */
const long = `# ${'x'.repeat(9_000)}`;

function changes(script: string): string {
  return `
name: inline
title: A change
summary: A change, and what follows it.
inputs: { folder: {} }
steps:
  - id: mark
    effect: change
    env: { FOLDER: '\${{ inputs.folder }}' }
    shell: |
      ${script}
      ${long}
  - id: next
    effect: read
    read_because: It only marks that it ran.
    env: { FOLDER: '\${{ inputs.folder }}' }
    shell: echo next >> "$FOLDER/next"
  - { id: ask, manual: Right? }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;
}

const MARKS = changes('echo marked >> "$FOLDER/marked"');

function confirm(run: Awaited<ReturnType<ReturnType<typeof realRun>['start']>>): void {
  send(run.session, { type: 'confirm', digest: run.session.view().gate?.digest ?? '' });
}

describe.skipIf(!canMount)('on a disk that takes nothing more', () => {
  test('a change does not start, and its gate is shown again once there is room', async () => {
    const { disk, outside, fill, empty } = smallDisk();
    const runs = realRun(MARKS, disk);
    const run = await runs.start({ given: { folder: outside }, around });
    await awaits(run, 'gate');
    fill();
    confirm(run);
    await expect(run.session.ended).rejects.toThrow(/cannot write the run's journal: ENOSPC/);
    await run.close().catch(() => undefined);
    expect(existsSync(join(outside, 'marked'))).toBe(false);
    expect(existsSync(join(outside, 'next'))).toBe(false);
    empty();
    const again = await runs.resume(run.id, { given: { folder: outside }, around });
    await awaits(again, 'gate');
    expect(existsSync(join(outside, 'marked'))).toBe(false);
    confirm(again);
    await awaits(again, 'report');
    expect(readFileSync(join(outside, 'marked'), 'utf8')).toBe('marked\n');
    await leaveRun(again);
  });

  test('nothing follows a change whose end cannot be recorded, and it is not made again', async () => {
    const { disk, outside, empty } = smallDisk();
    const fills = `dd if=/dev/zero of="${disk}/filler" bs=1k 2> /dev/null || true`;
    const script = `echo marked >> "$FOLDER/marked"; ${fills}; yes 0123456789 | head -c 20000`;
    const runs = realRun(changes(script), disk);
    const run = await runs.start({ given: { folder: outside }, around });
    await awaits(run, 'gate');
    confirm(run);
    await expect(run.session.ended).rejects.toThrow(/cannot write the run's journal: ENOSPC/);
    await run.close().catch(() => undefined);
    expect(existsSync(join(outside, 'next'))).toBe(false);
    empty();
    const again = await runs.resume(run.id, { given: { folder: outside }, around });
    await awaits(again, 'unknown');
    expect(readFileSync(join(outside, 'marked'), 'utf8')).toBe('marked\n');
    await leaveRun(again);
  });

  test('an output that does not fit is counted, and the run ends where its record does', async () => {
    const { disk, outside } = smallDisk();
    const text = MARKS.replace(
      'effect: change',
      'effect: read\n    read_because: It prints.',
    ).replace('echo marked >> "$FOLDER/marked"', 'yes 0123456789 | head -c 1000000');
    const run = await realRun(text, disk).start({ given: { folder: outside }, around });
    await expect(run.session.ended).rejects.toThrow(/ENOSPC/);
    await run.close().catch(() => undefined);
    expect(existsSync(join(outside, 'next'))).toBe(false);
  });

  test('no run begins', async () => {
    const { disk, outside, freeze } = smallDisk();
    freeze();
    const start = () => realRun(MARKS, disk).start({ given: { folder: outside }, around });
    await expect(start()).rejects.toThrow(/cannot keep a record of the run: EROFS/);
  });

  test('a run that is at rest can be read', async () => {
    const { disk, outside, freeze } = smallDisk();
    const runs = realRun(MARKS, disk);
    const run = await runs.start({ given: { folder: outside }, around });
    await awaits(run, 'gate');
    await leaveRun(run);
    freeze();
    expect(runs.events(run.id).at(-1)?.type).toBe('run.paused');
    await expect(runs.resume(run.id, { given: { folder: outside }, around })).rejects.toThrow(
      /cannot write in the run's folder: EROFS/,
    );
  });
});

test('a run is driven by one terminal: another one is told by which, and the first goes on', async () => {
  const folder = temporaryFolder();
  const runs = realRun(MARKS, folder);
  const run = await runs.start({ given: { folder } });
  await awaits(run, 'gate');
  await expect(runs.resume(run.id, { given: { folder } })).rejects.toThrow(
    `run ${run.id} is being written by process ${process.pid}`,
  );
  confirm(run);
  await awaits(run, 'report');
  expect(readFileSync(join(folder, 'marked'), 'utf8')).toBe('marked\n');
  send(run.session, { type: 'report', done: true, evidence: '' });
  expect(await endOf(run)).toMatchObject({ outcome: 'resolved' });
});
