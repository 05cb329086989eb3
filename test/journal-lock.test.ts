import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openJournal } from '../src/run/journal.ts';
import { liveWriter } from '../src/run/journal-lock.ts';
import { repairTail } from '../src/run/journal-tail.ts';
import { temporaryFolder } from './temporary-folder.ts';

const WRITER = resolve(import.meta.dirname, 'fixtures/write-journal.ts');
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
  journal.append({ type: 'run.paused', reason: 'still open' }, { sync: true });
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

test('a journal that cannot be opened leaves no lock', () => {
  const folder = temporaryFolder();
  const file = join(folder, 'journal.jsonl');
  writeFileSync(file, '{"seq":1');
  expect(() => openJournal(file, { clock })).toThrow(/torn/);
  expect(locks(folder)).toEqual([]);
});
