import {
  copyFileSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileBoard } from '#run/changes/file/board.ts';
import type { ChangeSign } from '#run/changes/port.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const SIGN: ChangeSign = {
  ...{ change: 'c1', places: ['postgres db:5432/shop'], isAtWork: true, runbook: 'waits' },
  ...{ title: 'It waits', operator: 'ada', host: 'desk', since: '2026-11-21T03:12:00.000Z' },
};

/** The sign of a run whose process is named in its file, and the board of another run. */
async function signBy(process: string) {
  const state = temporaryFolder();
  await fileBoard(join(state, 'runs', 'one')).show(SIGN);
  const signs = join(state, 'changes');
  const [own = ''] = readdirSync(signs);
  expect(statSync(join(signs, own)).mode & 0o777).toBe(0o600);
  renameSync(join(signs, own), join(signs, `one~${process}`));
  return { signs, board: fileBoard(join(state, 'runs', 'two')) };
}

test('the sign of a process that has ended is none, and is removed', async () => {
  const { signs, board } = await signBy(`writer.${encodeURIComponent(hostname())}.999999.1.lock`);
  expect(await board.others()).toEqual([]);
  expect(readdirSync(signs)).toEqual([]);
});

test('the sign of a process that cannot be looked up is shown as uncertain, and stays', async () => {
  const { signs, board } = await signBy('writer.elsewhere.999999.1.lock');
  expect(await board.others()).toEqual([{ ...SIGN, run: 'one', isCertain: false }]);
  expect(readdirSync(signs)).toHaveLength(1);
});

test('a file that names no process is no sign', async () => {
  const { signs, board } = await signBy('something');
  expect(await board.others()).toEqual([]);
  expect(readdirSync(signs)).toHaveLength(1);
});

test('without a folder of signs there are none; one that cannot be read is an error', async () => {
  const state = temporaryFolder();
  const board = fileBoard(join(state, 'runs', 'two'));
  expect(await board.others()).toEqual([]);
  writeFileSync(join(state, 'changes'), '');
  await expect(board.others()).rejects.toThrow('ENOTDIR');
});

test('a sign that is being written, or was removed meanwhile, is none', async () => {
  const { signs, board } = await signBy('writer.elsewhere.999999.1.lock');
  const [own = ''] = readdirSync(signs);
  copyFileSync(join(signs, own), join(signs, `.${own}`));
  symlinkSync(join(signs, 'removed'), join(signs, own.replace('one~', 'other~')));
  expect((await board.others()).map(({ run }) => run)).toEqual(['one']);
});

test('a sign that cannot be read is an error', async () => {
  const { signs, board } = await signBy('writer.elsewhere.999999.1.lock');
  writeFileSync(join(signs, readdirSync(signs)[0] ?? ''), 'no sign');
  await expect(board.others()).rejects.toThrow('JSON');
});
