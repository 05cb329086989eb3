import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { liveWriter } from '#run/journal/file/lock.ts';
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
    new RegExp(`is being written by process ${child.pid}$`),
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

test('a journal that cannot be opened leaves no lock', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'journal.jsonl');
  writeFileSync(file, '{"seq":1');
  expect(() => openJournal(file, { clock })).toThrow(/torn/);
  expect(locks(folder)).toEqual([]);
});
