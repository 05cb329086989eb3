import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runbookCommand } from '../support/start-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

function runbook(folder: string, name: string, severity: string, step = 'manual: Look'): string {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${name}.yaml`);
  const head = `name: ${name}\ntitle: ${name}\nseverity: ${severity}\nsummary: About ${name}.\n`;
  writeFileSync(file, `${head}steps:\n  - { id: look, ${step} }\n`);
  return file;
}

/** A working folder with a runbook that hides one of the library and one in RUNBOOK_PATH, and a broken one. */
function places() {
  const cwd = temporaryFolder();
  const mine = runbook(join(cwd, 'runbooks'), 'pool-exhausted', 'low');
  const other = runbook(join(cwd, 'more'), 'pool-exhausted', 'high');
  const bad = runbook(join(cwd, 'more'), 'bad', 'high', 'manual: Look, goto: look');
  writeFileSync(join(cwd, 'more/bad.test.yaml'), 'no runbook');
  return { cwd, mine, other, bad, env: { RUNBOOK_PATH: join(cwd, 'more') } };
}

test('runbooks are listed with where they come from, and a broken one with its first error', () => {
  const { cwd, env } = places();
  const { stdout, exitCode } = runbookCommand(['list'], { cwd, env });
  expect(exitCode).toBe(0);
  const lines = stdout.split('\n').map((line) => line.split(/ {2,}/));
  expect(lines).toContainEqual(['RUNBOOK', 'SEVERITY', 'FROM', 'SUMMARY']);
  expect(lines).toContainEqual(['pool-exhausted', 'low', 'here, hides 2', 'About pool-exhausted.']);
  const broken = lines.find(([name]) => name === 'bad');
  expect(broken?.slice(1)).toEqual([
    '-',
    'RUNBOOK_PATH',
    expect.stringMatching(/^broken: 6:31: unknown key "goto"/),
  ]);
});

test('for scripts, every file has its origin, what it hides and what is wrong with it', () => {
  const { cwd, env, mine, other, bad } = places();
  const all = JSON.parse(runbookCommand(['list', '--json'], { cwd, env }).stdout) as object[];
  expect(all).toContainEqual({
    name: 'pool-exhausted',
    file: mine,
    origin: 'here',
    hides: [other, expect.stringMatching(/\/runbooks\/pool-exhausted\.yaml$/)],
    valid: true,
    title: 'pool-exhausted',
    severity: 'low',
    summary: 'About pool-exhausted.',
    error: null,
  });
  expect(all).toContainEqual(
    expect.objectContaining({ name: 'bad', file: bad, valid: false, hides: [] }),
  );
});

test('a folder on the command line counts first, and a severity keeps the others out', () => {
  const { cwd, env } = places();
  const args = ['list', '--dir', 'more', '--severity', 'high'];
  const { stdout } = runbookCommand(args, { cwd, env });
  expect(stdout).toMatch(/^pool-exhausted +high +--dir, hides 2 /m);
  expect(stdout).not.toMatch(/^bad /m);
  const low = runbookCommand(['list', '--dir', 'more', '--severity', 'low'], { cwd, env });
  expect(low.stdout).not.toContain('pool-exhausted');
});

test('an unknown severity is refused with the known ones', () => {
  const ended = runbookCommand(['list', '--severity', 'worst'], { cwd: temporaryFolder() });
  expect(ended.exitCode).toBe(2);
  expect(ended.stderr).toContain(
    'unknown severity "worst": expected low, medium, high or critical',
  );
});
