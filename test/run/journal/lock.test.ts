import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { liveWriter, takeWriterLock } from '#run/journal/file/lock.ts';
import {
  compareSpaces,
  type ProcessSpace,
  processSpace,
  readSpace,
  writeSpace,
} from '#run/journal/file/process-space.ts';
import { repairTail } from '#run/journal/file/tail.ts';
import { openJournal } from '#run/journal/file/writer.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const WRITER = resolve(import.meta.dirname, '../../fixtures/write-journal.ts');
const clock = () => new Date('2026-11-21T03:12:00.000Z');

function locks(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.lock'));
}

test('a second process is told which one writes the run, until that one is gone', async () => {
  const folder = temporaryFolder();
  const file = join(folder, 'journal.jsonl');
  const flags = ['--experimental-strip-types', '--no-warnings'];
  const child = spawn(process.execPath, [...flags, WRITER, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  child.kill('SIGSTOP');
  expect(() => openJournal(file, { clock })).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(new RegExp(`is being written by process ${child.pid}$`)),
      hint: 'leave it there first ("q" on its screen), or end that process',
    }),
  );
  expect(() => repairTail(file)).toThrow(/is being written/);
  expect(liveWriter(folder)).toMatchObject({ pid: child.pid });
  expect(locks(folder)).toHaveLength(1);

  child.kill('SIGKILL');
  child.stdout.resume();
  await once(child, 'close');
  expect(liveWriter(folder)).toBeUndefined();
  repairTail(file);
  openJournal(file, { clock }).close();
  expect(locks(folder)).toEqual([]);
});

test('a journal is opened once, and can be opened again after it was closed', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'journal.jsonl');
  const journal = openJournal(file, { clock });
  expect(() => openJournal(file, { clock })).toThrow(/is being written by process/);
  journal.append({ type: 'run.paused', reason: 'still open' });
  journal.close();
  openJournal(file, { clock }).close();
  expect(locks(folder)).toEqual([]);
});

test('a lock whose number now belongs to a later process is stale', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, `writer.${hostname()}.${process.ppid}.1.lock`), '');
  expect(liveWriter(folder)).toBeUndefined();
  openJournal(join(folder, 'journal.jsonl'), { clock }).close();
  expect(locks(folder)).toEqual([]);
});

test('a lock of another host is respected and says which file to remove', () => {
  const folder = temporaryFolder();
  const lock = join(folder, 'writer.ops-2.example.17.4711.lock');
  writeFileSync(lock, '');
  expect(() => openJournal(join(folder, 'journal.jsonl'), { clock })).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('process 17 on ops-2.example'),
      hint: expect.stringContaining(lock),
    }),
  );
});

const SPACE = { machine: 'aaaaaaaa', boot: 'bbbbbbbb', pids: '4026531836' };
const CONTAINER = { ...SPACE, pids: '4026532001' };

test.each([
  ['the same boot and namespace', SPACE, SPACE, 'same'],
  ['an earlier boot of the same machine', { ...SPACE, boot: 'cccccccc' }, SPACE, 'gone'],
  ['another container of this machine', CONTAINER, SPACE, 'unknown'],
  ['the machine of this container', SPACE, CONTAINER, 'unknown'],
  ['a container of an earlier boot', { ...CONTAINER, boot: 'cccccccc' }, SPACE, 'unknown'],
  ['another machine', { ...SPACE, machine: 'd', boot: 'cccccccc' }, SPACE, 'unknown'],
  [
    'the machine of this container before it started again',
    { ...SPACE, boot: 'c' },
    CONTAINER,
    'unknown',
  ],
  ['machines without an id', unnamed('b'), unnamed('c'), 'unknown'],
] as const)('process numbers of %s are %4$s', (_, other, own, expected) => {
  expect(compareSpaces(other, own)).toBe(expected);
});

function unnamed(boot: string): ProcessSpace {
  return { ...SPACE, machine: 'unknown', boot };
}

test('the name of a lock holds the space of its process', () => {
  expect(readSpace(writeSpace(SPACE))).toEqual(SPACE);
  expect(readSpace('4711')).toBeUndefined();
  expect(readSpace(`x${writeSpace(SPACE)}`)).toBeUndefined();
  expect(readSpace(`${writeSpace(SPACE)}.x`)).toBeUndefined();
});

const isLinux = process.platform === 'linux';

test.skipIf(!isLinux)('the space of a process is what its system says of it', () => {
  const startOf = (file: string) =>
    /^\w{8}/.exec(existsSync(file) ? readFileSync(file, 'utf8') : '');
  expect(processSpace()).toEqual({
    machine: startOf('/etc/machine-id')?.[0] ?? 'unknown',
    boot: startOf('/proc/sys/kernel/random/boot_id')?.[0],
    pids: /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0],
  });
});

test.skipIf(!isLinux)('a lock names its process and its space, and is stale after a reboot', () => {
  const own = processSpace();
  const folder = temporaryFolder();
  const journal = openJournal(join(folder, 'journal.jsonl'), { clock });
  const [name = ''] = locks(folder);
  const within = own === undefined ? '' : writeSpace(own);
  expect(name).toMatch(
    new RegExp(`^writer\\.${hostname()}\\.${process.pid}\\.\\d+\\.${within}\\.lock$`),
  );
  journal.close();
  if (own === undefined) return;
  const earlier = { ...own, boot: 'cccccccc' };
  writeFileSync(join(folder, name.replace(within, writeSpace(earlier))), '');
  const isGone = compareSpaces(earlier, own) === 'gone';
  expect(liveWriter(folder)).toEqual(
    isGone ? undefined : expect.objectContaining({ pid: process.pid }),
  );
});

test.skipIf(!isLinux)(
  'a lock of a process that has ended and was not waited for is stale',
  async () => {
    // A shell would wait for it: it ends only when the shell has become something that does not.
    const ends = 'until grep -q sleep /proc/$$/comm; do :; done';
    const parent = spawn('sh', ['-c', `(${ends}) & echo $!; exec sleep 60`]);
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [printed] = await once(parent.stdout, 'data');
    const pid = String(printed).trim();
    const fields = () =>
      readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
    await vi.waitFor(() => expect(fields()[0]).toBe('Z'));
    const folder = temporaryFolder();
    writeFileSync(join(folder, `writer.${hostname()}.${pid}.${fields()[19]}.lock`), '');
    expect(liveWriter(folder)).toBeUndefined();
    const own = join(folder, `writer.${hostname()}.${parent.pid}.1.lock`);
    const stat =
      readFileSync(`/proc/${parent.pid}/stat`, 'latin1').split(') ')[1]?.split(' ') ?? [];
    writeFileSync(own.replace('.1.lock', `.${stat[19]}.lock`), '');
    expect(liveWriter(folder)).toMatchObject({ pid: parent.pid });
  },
);

test('a lock can be released more than once, and goes away without harm', () => {
  const folder = temporaryFolder();
  const lock = takeWriterLock(folder);
  expect(locks(folder)).toHaveLength(1);
  lock.release();
  lock.release();
  expect(locks(folder)).toEqual([]);
});

test('a lock of another PID namespace is respected, whatever runs under its number here', () => {
  const own = processSpace();
  if (own === undefined) return;
  const folder = temporaryFolder();
  const name = `writer.${hostname()}.999999.4711.${writeSpace({ ...own, pids: '1' })}.lock`;
  writeFileSync(join(folder, name), '');
  expect(liveWriter(folder)).toMatchObject({ pid: 999_999 });
  expect(() => openJournal(join(folder, 'journal.jsonl'), { clock })).toThrow(
    expect.objectContaining({
      message: expect.stringContaining('process 999999 in another container or machine'),
      hint: expect.stringContaining(name),
    }),
  );
  expect(locks(folder)).toEqual([name]);
});

const canUnshare =
  process.platform === 'linux' &&
  spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0;

test.skipIf(!canUnshare)(
  'a writer in a PID namespace of its own keeps its lock, also after its end, until a person removes it',
  async () => {
    const folder = temporaryFolder();
    const file = join(folder, 'journal.jsonl');
    const node = [process.execPath, '--experimental-strip-types', '--no-warnings', WRITER, file];
    const within = ['--pid', '--fork', '--kill-child', '--mount-proc', ...node];
    const child = spawn('unshare', within, { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    await once(child.stdout, 'data');
    const [name = ''] = locks(folder);
    // It calls itself 1, and so does another process here.
    expect(name).toMatch(/\.1\.\d+\.in-/);
    const refused = expect.objectContaining({
      message: expect.stringContaining('process 1 in another container or machine'),
      hint: `leave it there first; if that process is certainly gone, remove ${join(folder, name)}`,
    });
    expect(() => openJournal(file, { clock })).toThrow(refused);
    child.kill('SIGKILL');
    child.stdout.resume();
    await once(child, 'close');
    expect(() => openJournal(file, { clock })).toThrow(refused);
    expect(() => repairTail(file)).toThrow(refused);
    expect(locks(folder)).toEqual([name]);
    rmSync(join(folder, name));
    repairTail(file);
    openJournal(file, { clock }).close();
  },
);

test('a journal that cannot be opened leaves no lock', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'journal.jsonl');
  writeFileSync(file, '{"seq":1');
  expect(() => openJournal(file, { clock })).toThrow(/torn/);
  expect(locks(folder)).toEqual([]);
});
