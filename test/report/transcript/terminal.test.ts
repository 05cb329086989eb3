import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { OpenTerminal } from '../../e2e/terminal.ts';
import { CACHES, LAUNCHER } from '../../support/built-command.ts';
import { runbookCommand } from '../../support/start-command.ts';

/** No terminal is as large as this unless it is told to. */
const SIZE = { columns: 91, rows: 27 };
const LOOK = `name: look
title: Look
severity: low
summary: It looks.
steps:
  - { id: greet, title: Greet, shell: PGPASSWORD=hunter22 echo hello }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Seen. } }
`;

const cwd = mkdtempSync(join(tmpdir(), 'runbook-test-'));
const cast = join(cwd, 'run.cast');
const hasPlayer = spawnSync('asciinema', ['--version']).status === 0;

/** Returns how a program in a terminal ended, and all it printed there. */
async function inTerminal(file: string, ...args: readonly string[]) {
  const here = { HOME: cwd, RUNBOOK_OPERATOR: 'ada', RUNBOOK_STATE: join(cwd, 'state') };
  const env = { PATH: process.env.PATH ?? '', LANG: 'C.UTF-8', ...CACHES, ...here };
  const terminal = new OpenTerminal({ file, args, cwd, env, ...SIZE });
  const { code } = await terminal.exited;
  const printed = terminal.history();
  await terminal.close();
  return { code, printed };
}

function runbook(...args: readonly string[]) {
  return inTerminal(process.execPath, LAUNCHER, ...args);
}

beforeAll(async () => {
  mkdirSync(join(cwd, 'runbooks'));
  writeFileSync(join(cwd, 'runbooks', 'look.yaml'), LOOK);
  expect((await runbook('run', 'look', '--plain', '--auto')).code).toBe(0);
  expect(runbookCommand(['transcript', '-o', cast], { cwd }).exitCode).toBe(0);
});

afterAll(() => rmSync(cwd, { recursive: true, force: true }));

test('the size of the terminal that a run had is in its record', () => {
  const { stdout } = runbookCommand(['transcript'], { cwd });
  expect(stdout).toContain('- Terminal: 91×27\n');
  expect(execFileSync('head', ['-1', cast], { encoding: 'utf8' })).toContain(
    '"width":91,"height":27',
  );
});

test('what stays on a terminal is not looked through for secrets', async () => {
  const { code, printed } = await runbook('transcript');
  expect(code).toBe(0);
  expect(printed).toContain('# Look');
  expect(printed).not.toContain('may be an undeclared secret');
  expect(runbookCommand(['transcript'], { cwd }).stderr).toContain('may be an undeclared secret');
});

test.skipIf(!hasPlayer)('asciinema plays its recording (apt-get install asciinema)', async () => {
  const { code, printed } = await inTerminal('asciinema', 'play', '--speed', '1000', cast);
  expect(printed).toContain('Seen.');
  expect(code).toBe(0);
});
