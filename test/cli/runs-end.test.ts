import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readJournal } from '#run/journal/file/read.ts';
import { runStore } from '#run/store/file/folders.ts';
import { listRows } from '#run/store/row.ts';
import { runbookCommand } from '../support/start-command.ts';

const ON_SERVER = `name: on-server
title: On a server
severity: low
summary: It asks about a server.
inputs: { database_url: { type: url, secret: true, env: DATABASE_URL } }
targets: { db: { database: '\${{ inputs.database_url }}' } }
steps:
  - { id: mark, title: Mark it, effect: change, on: db, sql: SELECT pg_reload_conf(), undo: { none: It is read once. } }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Seen. } }
`;

let cwd = '';
const url = (port: number) => `postgres://ana:pw@127.0.0.1:${port}/shop`;
const runbook = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runbookCommand(args, { cwd, env: { RUNBOOK_OPERATOR: 'kim', ...env } });

beforeAll(() => {
  cwd = mkdtempSync(join(tmpdir(), 'runbook-test-'));
  mkdirSync(join(cwd, 'runbooks'));
  writeFileSync(join(cwd, 'runbooks', 'on-server.yaml'), ON_SERVER);
});
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

test('a run whose server is gone names the way out, which ends it for good and needs no address', async () => {
  // Nobody can answer at its gate, so the run is left there.
  expect(runbook(['run', 'on-server'], { DATABASE_URL: url(1) }).exitCode).toBe(4);
  const [id = ''] = readdirSync(join(cwd, 'state', 'runs'));
  const folder = join(cwd, 'state', 'runs', id);
  const journal = join(folder, 'journal.jsonl');
  expect(await listRows(runStore(join(cwd, 'state')))).toMatchObject([
    { id, stepTitle: 'Mark it' },
  ]);
  const elsewhere = runbook(['resume'], { DATABASE_URL: url(2) });
  expect(elsewhere.exitCode).toBe(2);
  expect(elsewhere.stderr).toContain(`if it is gone for good: runbook runs end ${id}`);
  expect(runbook(['runs', 'end', id])).toMatchObject({
    exitCode: 4,
    stderr: expect.stringContaining('--why TEXT skips the question'),
  });
  const why = 'the server of postgres://app:hunter22@db1/shop was removed';
  const masked = 'the server of postgres://app:‹secret:url-password›@db1/shop was removed';
  expect(runbook(['runs', 'end', id, '--why', why])).toMatchObject({
    exitCode: 0,
    stdout: expect.stringContaining('aborted'),
  });

  const { records } = readJournal(journal);
  expect(records.slice(-3).map(({ event }) => event)).toMatchObject([
    { type: 'run.resumed', operator: 'kim' },
    { type: 'operator.acted', step: 'mark', intent: { type: 'abort' } },
    { type: 'run.finished', outcome: 'aborted', summary: masked },
  ]);
  expect(runbook(['transcript', 'verify', id]).exitCode).toBe(0);
  expect(runbook(['resume']).stderr).toContain('no run is paused or interrupted');
});
