import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { OpenTerminal } from '../e2e/terminal.ts';
import { LAUNCHER } from '../support/built-command.ts';
import { runbookCommand } from '../support/start-command.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('every template is a valid runbook whose tests pass and take every branch', () => {
  const templates = fileURLToPath(new URL('../../src/cli/commands/new/templates', import.meta.url));
  const cwd = temporaryFolder();
  const checked = runbookCommand(['validate', '--strict', templates], { cwd });
  expect(checked).toMatchObject({ exitCode: 0, stderr: '' });
  expect(checked.stdout).toContain('4 runbooks, all valid');
  const args = ['test', join(templates, '*.test.yaml'), '--min-coverage', '100'];
  expect(runbookCommand(args, { cwd })).toMatchObject({ exitCode: 0, stderr: '' });
});

describe('a new runbook', () => {
  test.each([
    ['for PostgreSQL', ['--engine', 'postgres']],
    ['for MySQL', ['--engine', 'mysql']],
    ['for MariaDB', ['--engine', 'mariadb', '--severity', 'critical']],
    ['of scripts here', ['--engine', 'none']],
    ['of scripts over ssh', ['--target', 'ssh', '--title', 'It says: "no" #1']],
    ['of scripts in a container', ['--template', 'shell', '--target', 'docker']],
    ['of scripts in a cluster', ['--target', 'kubernetes']],
    ['that is a checklist', ['--template', 'checklist']],
  ])('%s is valid without a warning, and its tests pass and take every branch', (_, flags) => {
    const cwd = temporaryFolder();
    const made = runbookCommand(['new', 'first-one', ...flags], { cwd });
    expect([made.exitCode, made.stderr]).toEqual([0, '']);
    const checked = runbookCommand(['validate', '--strict', 'first-one'], { cwd });
    expect(checked).toMatchObject({ exitCode: 0, stdout: 'runbooks/first-one.yaml: valid\n' });
    const args = ['test', 'first-one', '--coverage', '--min-coverage', '100'];
    expect(runbookCommand(args, { cwd })).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('names schemas for editors that stand beside it, and the commands that come next', () => {
    const cwd = temporaryFolder();
    const { stdout } = runbookCommand(['new', 'first-one', '--dir', 'team'], { cwd });
    expect(readdirSync(join(cwd, 'team')).toSorted()).toEqual([
      'first-one.test.yaml',
      'first-one.yaml',
      'runbook-test.schema.json',
      'runbook.schema.json',
    ]);
    for (const file of ['first-one.yaml', 'first-one.test.yaml']) {
      const [first = ''] = readFileSync(join(cwd, 'team', file), 'utf8').split('\n');
      const [, schema = ''] = /^# yaml-language-server: \$schema=(\S+)$/.exec(first) ?? [];
      expect(existsSync(join(cwd, 'team', schema))).toBe(true);
    }
    const next = [...stdout.matchAll(/^ {2}runbook (\w+) (\S+)$/gm)];
    expect(next.map(([, command]) => command)).toEqual(['validate', 'test', 'graph', 'run']);
    for (const [, command = '', file = ''] of next.slice(0, 3))
      expect(runbookCommand([command, file], { cwd }).exitCode).toBe(0);
  });

  test('overwrites nothing, unless it is told to', () => {
    const cwd = temporaryFolder();
    runbookCommand(['new', 'first-one'], { cwd });
    const cases = join(cwd, 'runbooks/first-one.test.yaml');
    writeFileSync(cases, 'mine');
    writeFileSync(join(cwd, 'runbooks/runbook.schema.json'), '{}');
    const again = runbookCommand(['new', 'first-one'], { cwd });
    expect([again.exitCode, again.stdout]).toEqual([2, '']);
    expect(again.stderr).toContain('already exist');
    expect(readFileSync(cases, 'utf8')).toBe('mine');
    expect(runbookCommand(['new', 'first-one', '--force'], { cwd }).exitCode).toBe(0);
    expect(readFileSync(cases, 'utf8')).toContain('cases:');
    expect(readFileSync(join(cwd, 'runbooks/runbook.schema.json'), 'utf8')).toBe('{}');
  });

  test.each([
    [['Orders'], 'invalid name "Orders"'],
    [['orders', '--severity', 'hihg'], 'did you mean "high"?'],
    [['orders', '--template', 'checklist', '--engine', 'mysql'], '--engine applies to'],
    [
      ['orders', '--template', 'diagnose-and-fix', '--engine', 'none'],
      'requires a database engine',
    ],
    [['orders', '--engine', 'mysql', '--target', 'ssh'], '--target applies to'],
  ])('is not made of %j', (args, message) => {
    const cwd = temporaryFolder();
    const { exitCode, stderr } = runbookCommand(['new', ...args], { cwd });
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
    expect(existsSync(join(cwd, 'runbooks'))).toBe(false);
  });
});

describe('in a terminal', () => {
  function open(cwd: string, args: readonly string[]): OpenTerminal {
    const env = { PATH: process.env.PATH ?? '', HOME: cwd, NO_COLOR: '1' };
    const terminal = new OpenTerminal({
      ...{ file: process.execPath, args: [LAUNCHER, 'new', ...args], cwd, env },
      ...{ columns: 100, rows: 40 },
    });
    onTestFinished(() => terminal.close());
    return terminal;
  }

  test('what was not given is asked for, and asked again when it is not one of those there are', async () => {
    const cwd = temporaryFolder();
    const terminal = open(cwd, ['stuck-orders']);
    await terminal.waitFor('Title');
    terminal.type('Orders are stuck\r');
    await terminal.waitFor('Severity [');
    terminal.type('terrible\r');
    await terminal.waitFor(/expected low, medium, high or critical\n.*Severity \[/);
    terminal.type('hi\r');
    await terminal.waitFor('Template [');
    terminal.type('shell\r');
    await terminal.waitFor('Scripts run on [');
    terminal.type('\r');
    expect(await terminal.exited).toEqual({ code: 0, signal: 0 });
    const text = readFileSync(join(cwd, 'runbooks/stuck-orders.yaml'), 'utf8');
    expect(text).toContain('title: "Orders are stuck"\nseverity: high\n');
    expect(text).toContain('app: { local: true }');
  });

  test('a Ctrl-C in the middle writes nothing', async () => {
    const cwd = temporaryFolder();
    const terminal = open(cwd, ['stuck-orders', '--title', 'T', '--severity', 'low']);
    await terminal.waitFor('Template [');
    terminal.press('ctrl-c');
    expect((await terminal.exited).code).toBe(4);
    expect(existsSync(join(cwd, 'runbooks'))).toBe(false);
  });
});
