import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LAUNCHER } from '../support/built-command.ts';
import { runbookCommand } from '../support/start-command.ts';

const TEAMS = (file: string) => `name: ${file}
title: The team's own
severity: low
summary: It is the team's.
steps:
  - { id: look, title: Look, shell: echo ours }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Seen. } }
`;

let cwd = '';
const runbook = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
  runbookCommand(args, { cwd, env });

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'runbook-test-'));
  mkdirSync(join(cwd, 'team'));
  writeFileSync(join(cwd, 'team', 'dns.yaml'), TEAMS('dns'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

const COMMANDS: readonly (readonly string[])[] = [
  ['show', 'dns'],
  ['run', 'dns', '--plain'],
  ['run', './team/dns.yaml', '--plain'],
  ['list'],
  ['validate'],
  ['validate', 'team/dns.yaml'],
  ['test', 'dns'],
  ['graph', 'dns'],
  ['match', 'connection refused'],
  ['triage', '--plain'],
];

describe('a folder that somebody names', () => {
  test.each(COMMANDS)('has to exist: %s %s', (...args) => {
    const folder = join(cwd, 'taem');
    const named = args.includes('match') ? undefined : runbook([...args, '--dir', 'taem']);
    if (named !== undefined)
      expect([named.exitCode, named.stdout, named.stderr]).toEqual([
        2,
        '',
        expect.stringContaining(`--dir: the folder ${folder} does not exist`),
      ]);
    const searched = runbook(args, { RUNBOOK_PATH: `${join(cwd, 'team')}:${folder}` });
    expect([searched.exitCode, searched.stderr]).toEqual([
      2,
      expect.stringContaining(`RUNBOOK_PATH: the folder ${folder} does not exist`),
    ]);
  });

  test('is not a file, and may be one of a config file', () => {
    expect(runbook(['list', '--dir', 'team/dns.yaml']).stderr).toContain('is not a folder');
    writeFileSync(join(cwd, 'runbook.config.yaml'), 'runbooks: [./nowhere]\n');
    expect(runbook(['list'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("the project's config file: the folder"),
    });
  });

  test('is a problem for the doctor, who looks at the rest', () => {
    const { stdout } = runbook(['doctor', '--dir', 'taem']);
    expect(stdout).toMatch(/problem +--dir: the folder \S+taem does not exist/);
    expect(stdout).toContain('runbooks: 20 runbooks');
  });

  test('is the one that is searched, if it is there', () => {
    expect(runbook(['show', 'dns', '--dir', 'team']).stdout).toContain("The team's own");
  });
});

describe('what is not a file', () => {
  beforeEach(() => {
    mkdirSync(join(cwd, 'runbooks'));
    execFileSync('mkfifo', [join(cwd, 'runbooks', 'pipe.yaml')]);
    mkdirSync(join(cwd, 'runbooks', 'folder.yaml'));
  });

  test('hangs no command, and is named by what it is', () => {
    expect(runbook(['list']).stdout).toMatch(/pipe .*is a pipe, not a file/);
    expect(runbook(['list']).stdout).toMatch(/folder .*is a folder, not a file/);
    expect(runbook(['validate'])).toMatchObject({
      exitCode: 5,
      stderr: expect.stringContaining('pipe.yaml is a pipe, not a file'),
    });
    expect(runbook(['doctor']).stdout).toMatch(/problem +pipe: \S+pipe.yaml is a pipe/);
    expect(runbook(['match', 'connection refused']).exitCode).toBe(1);
    expect(runbook(['run', 'pipe', '--plain']).stderr).toContain('is a pipe, not a file');
    expect(runbook(['validate', './runbooks/folder.yaml/']).stderr).toContain('no runbooks in');
  });

  test('is read when it is named: a stream', () => {
    const { stdout, stderr, status } = spawnSync(
      'bash',
      ['-c', '"$0" "$1" validate <(cat team/dns.yaml)', process.execPath, LAUNCHER],
      { cwd, encoding: 'utf8' },
    );
    expect({ stdout, stderr, status }).toEqual({
      ...{ stdout: '/dev/fd/63: valid\n', stderr: '', status: 0 },
    });
  });
});

test('a text that is not UTF-8 is refused with the place of the byte', () => {
  const text = TEAMS('latin').replace('echo ours', "'touch caf\xe9'");
  writeFileSync(join(cwd, 'team', 'latin.yaml'), Buffer.from(text, 'latin1'));
  const place = 'byte 0xe9 in line 6, column 47';
  expect(runbook(['validate', 'team/latin.yaml'])).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining(place),
  });
  expect(runbook(['run', './team/latin.yaml', '--plain']).stderr).toContain(place);
  writeFileSync(join(cwd, 'team', 'latin.yaml'), Buffer.from(`\ufeff${TEAMS('latin')}`, 'utf16le'));
  expect(runbook(['validate', 'team/latin.yaml']).stderr).toContain('it is UTF-16');
});

test('a text of more than 5 MB is refused', () => {
  writeFileSync(join(cwd, 'team', 'large.yaml'), `${'#'.repeat(6 << 20)}\n${TEAMS('large')}`);
  expect(runbook(['validate', 'team/large.yaml']).stderr).toContain('is too large');
});

test('a name that is too long for the files of a run is refused when it is loaded', () => {
  const name = 'a'.repeat(101);
  writeFileSync(join(cwd, 'team', `${name}.yaml`), TEAMS(name));
  const { exitCode, stdout } = runbook(['validate', `team/${name}.yaml`]);
  expect({ exitCode, stdout }).toEqual({
    exitCode: 2,
    stdout: expect.stringContaining('at most 100'),
  });
});
