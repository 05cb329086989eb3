import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { LAUNCHER } from '../support/built-command.ts';
import { newOperator, type Operator } from './operator.ts';

const LOOK = `name: look
title: A look
summary: It prints.
steps:
  - { id: one, title: One, effect: read, shell: 'echo hi' }
  - { id: done, finish: { outcome: resolved, summary: Looked. } }
`;

function kimWithRunbook(): Operator {
  const kim = newOperator();
  kim.writeRunbook('look', LOOK);
  return kim;
}

/** Runs a line of bash in which `runbook` is the built command. */
function bash(kim: Operator, script: string, env: Readonly<Record<string, string>> = {}) {
  const runbook = `runbook() { '${process.execPath}' '${LAUNCHER}' "$@"; }`;
  const { status, stdout, stderr } = spawnSync('bash', ['-c', `${runbook}; ${script}`], {
    cwd: join(kim.home, 'work'),
    env: { ...kim.env, ...env },
    encoding: 'utf8',
    input: '',
  });
  return { code: status, stdout, stderr };
}

/** What the system refuses is said in one line and a hint, without a stack. */
function expectRefused(said: { code: number | null; stderr: string }, message: RegExp): void {
  expect(said.stderr).toMatch(message);
  expect(said.stderr).not.toMatch(/bug in runbook|^ +at /m);
  expect(said.code).toBe(5);
}

/** The rights of files mean nothing to root, unless it gives that up. */
const isRoot = process.getuid?.() === 0;
const BOUND = `setpriv --bounding-set=-dac_override,-dac_read_search '${process.execPath}'`;
const UNPRIVILEGED = isRoot ? BOUND : `'${process.execPath}'`;
const canMount = isRoot && spawnSync('unshare', ['-m', 'true']).status === 0;
const cannotDropRights = isRoot && spawnSync('setpriv', ['--version']).status !== 0;

describe('few file descriptors', () => {
  test.each([28, 32, 40, 50])('a limit of %i ends every command before it begins', (limit) => {
    const kim = kimWithRunbook();
    const said = bash(kim, `ulimit -n ${limit}; runbook run look --auto`);
    expectRefused(
      said,
      /the limit on open files is too low: \d+ are available, and a run requires 32.*\n {2}raise the limit/,
    );
    expect(existsSync(join(kim.home, 'state'))).toBe(false);
  });

  test('a limit of 64 is enough for a run', () => {
    expect(bash(kimWithRunbook(), 'ulimit -n 64; runbook run look --auto').code).toBe(0);
  });
});

describe('a folder that is not there, or may not be used', () => {
  test('the current folder was removed', () => {
    const said = bash(kimWithRunbook(), 'mkdir x; cd x; rmdir ../x; runbook list');
    expectRefused(said, /the current folder no longer exists\n/);
  });

  test.each(['run look --auto', 'runs', 'resume', 'transcript', 'handover'])(
    'the state folder would lie in a file: %s',
    (command) => {
      const kim = kimWithRunbook();
      kim.writeWork('file', '');
      const env = { RUNBOOK_STATE: '', XDG_STATE_HOME: join(kim.home, 'work', 'file') };
      expectRefused(bash(kim, `runbook ${command}`, env), /ENOTDIR/);
    },
  );

  test.skipIf(cannotDropRights).each([
    ['run look --auto', /cannot keep a record of the run: EACCES/],
    ['runs', /cannot read the runs in .*: EACCES/],
    ['resume', /cannot read the runs in .*: EACCES/],
    ['runs prune --keep 0 --yes', /cannot read the runs in .*: EACCES/],
  ] as const)('nobody may look into the state folder: %s', (command, message) => {
    const kim = kimWithRunbook();
    const state = join(kim.home, 'state');
    mkdirSync(state);
    chmodSync(state, 0);
    expectRefused(bash(kim, `${UNPRIVILEGED} '${LAUNCHER}' ${command}`), message);
    chmodSync(state, 0o700);
  });

  test('a transcript cannot be written where no folder is', () => {
    const kim = kimWithRunbook();
    bash(kim, 'runbook run look --auto');
    expectRefused(bash(kim, 'runbook transcript -o no/where.md'), /no\/where\.md .*ENOENT/);
    expectRefused(bash(kim, 'runbook runs export latest -o no/x.tgz'), /no\/x\.tgz .*ENOENT/);
  });

  test('without HOME the home folder of the account is used', () => {
    const kim = kimWithRunbook();
    expect(bash(kim, 'unset HOME; runbook run look --auto').code).toBe(0);
  });
});

describe('a full disk', () => {
  test.each(['list', 'transcript', 'schema', 'run look --auto'])(
    'what cannot be printed is no success: %s',
    (command) => {
      const kim = kimWithRunbook();
      bash(kim, 'runbook run look --auto');
      const said = bash(kim, `runbook ${command} > /dev/full`);
      expectRefused(said, /cannot write the output: ENOSPC/);
    },
  );

  test('a reader that has seen enough is one', () => {
    const said = bash(kimWithRunbook(), 'runbook schema | head -n 1; exit "${PIPESTATUS[0]}"');
    expect(said).toMatchObject({ code: 0, stderr: '' });
  });

  test.skipIf(!canMount)('of one page has no room for a run (as root, who may mount)', () => {
    const kim = kimWithRunbook();
    mkdirSync(join(kim.home, 'state'));
    const disk = `mount -t tmpfs -o size=4k none '${kim.home}/state'`;
    const command = `'${process.execPath}' '${LAUNCHER}' run look --auto`;
    const said = bash(kim, `unshare -m bash -c "${disk}; ${command}"`);
    expectRefused(said, /cannot (write the run's journal|keep a record of the run): ENOSPC/);
  });

  test.skipIf(!canMount)(
    'a read-only file system keeps what was there readable (as root, who may mount)',
    () => {
      const kim = kimWithRunbook();
      bash(kim, 'runbook run look --auto');
      const state = `'${kim.home}/state'`;
      const readOnly = `mount --bind ${state} ${state}; mount -o remount,ro,bind ${state}`;
      const inside = (command: string) =>
        bash(
          kim,
          `unshare -m bash -c "${readOnly}; '${process.execPath}' '${LAUNCHER}' ${command}"`,
        );
      expectRefused(inside('run look --auto'), /cannot keep a record of the run: EROFS/);
      expect(inside('runs').stdout).toContain('look');
      expect(inside('transcript').code).toBe(0);
    },
  );
});
