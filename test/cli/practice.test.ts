import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runStore } from '#run/store/file/folders.ts';
import { listRows } from '#run/store/row.ts';
import { runbookCommand } from '../support/start-command.ts';

const ASKS = `name: asks
title: Ask somebody
severity: low
summary: It waits for an answer.
inputs: { database_url: { type: url, secret: true, env: DATABASE_URL } }
steps:
  - { id: ask, title: Ask, ask: { question: Is it up?, type: text } }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Seen. } }
`;

let cwd = '';
let drill = '';
const store = () => runStore(join(cwd, 'state'));
const runbook = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runbookCommand(args, { cwd, env });
const start = (host: string) =>
  runbook(['run', 'asks', '--plain'], {
    DATABASE_URL: `postgres://ana:pw@${host}/shop`,
    RUNBOOK_PRACTICE: drill,
  });

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'runbook-test-'));
  drill = join(cwd, 'drill');
  mkdirSync(join(cwd, 'runbooks'));
  mkdirSync(drill);
  writeFileSync(join(cwd, 'runbooks', 'asks.yaml'), ASKS);
  writeFileSync(join(drill, 'hosts.json'), '["127.0.0.1:1234"]');
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

test('a run that is left with a drill ends once the drill is over, and is not resumed', async () => {
  expect(start('127.0.0.1:1234').stdout).toContain('(until the drill ends)');
  expect(await listRows(store())).toMatchObject([{ status: 'paused', practice: drill }]);
  expect(runbook(['runs']).stdout).toContain('paused (practice)');

  rmSync(drill, { recursive: true });
  expect(runbook(['resume'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('no run is paused or interrupted'),
  });
  expect(await listRows(store())).toMatchObject([{ status: 'finished', outcome: 'aborted' }]);
  const [id = ''] = readdirSync(join(cwd, 'state', 'runs'));
  expect(runbook(['transcript', id]).stdout).toContain('the drill is over');
});

test('runs prune removes what a drill left behind', () => {
  start('127.0.0.1:1234');
  rmSync(drill, { recursive: true });
  expect(runbook(['runs', 'prune', '--keep', '0', '--yes']).stdout).toContain('1 run removed.');
});

test('a real server from the shell of a drill is no practice', async () => {
  start('db1.example:5432');
  rmSync(drill, { recursive: true });
  expect(runbook(['runs']).stdout).not.toContain('practice');
  runbook(['runs', 'prune', '--keep', '0', '--yes']);
  expect(await listRows(store())).toMatchObject([{ status: 'paused' }]);
});

test('practice is left out of the figures unless it is asked for', () => {
  start('127.0.0.1:1234');
  expect(runbook(['stats']).stdout).toContain('No runs match.');
  expect(runbook(['stats', '--practice']).stdout).toMatch(/^asks +1 /m);
});
