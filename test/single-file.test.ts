import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { singleFile } from '../bin/release/single-file.ts';
import { requireBuild } from './support/built-command.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const isLinux = process.platform === 'linux';

describe.skipIf(!isLinux)('the single file (on Linux)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'runbook-test-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'runbook');

  function start(args: readonly string[], env: NodeJS.ProcessEnv, input = '') {
    // Neither Node nor npm is on its path.
    return spawnSync(file, args, { env: { PATH: '', ...env }, encoding: 'utf8', input });
  }

  beforeAll(async () => {
    requireBuild();
    const packed = execFileSync('npm', ['pack', '--json', '--dry-run', '--ignore-scripts'], {
      encoding: 'utf8',
    });
    const [{ files }] = Object.values(JSON.parse(packed)) as [{ files: { path: string }[] }];
    await singleFile({
      ...{ root: process.cwd(), node: process.execPath, output: file, scratch: folder },
      files: files.map(({ path }) => path),
    });
  }, 120_000);

  test('is smaller than 140 MB, and runs without Node', () => {
    expect(statSync(file).size).toBeLessThan(140_000_000);
    const env = { HOME: temporaryFolder() };
    const version = start(['--version'], env);
    expect([version.status, version.stderr]).toEqual([0, '']);
    expect(version.stdout).toMatch(/^\d+\.\d+\.\d+ \(/);
    expect(start(['list'], env).stdout).toContain('pool-exhausted');
    expect(start(['validate', 'pool-exhausted'], env).stdout).toContain('valid');
    expect(start(['test', 'dns'], env).status).toBe(0);
    const log = 'FATAL: sorry, too many clients already\n';
    expect(start(['match', '-'], env, log).stdout).toContain('too-many-connections');
  });

  test('unpacks itself once, for its user alone', () => {
    const home = temporaryFolder();
    start(['--version'], { HOME: home });
    const builds = join(home, '.cache/runbook/program');
    const [build = '', ...others] = readdirSync(builds);
    expect(others).toEqual([]);
    expect(statSync(builds).mode & 0o777).toBe(0o700);
    writeFileSync(join(builds, build, 'mark'), '');
    start(['--version'], { HOME: home });
    expect(readdirSync(join(builds, build))).toContain('mark');
  });

  test('without a cache it unpacks itself among temporary files', () => {
    const [home, temporary] = [temporaryFolder(), temporaryFolder()];
    const env = { HOME: home, XDG_CACHE_HOME: '/proc', TMPDIR: temporary };
    expect(start(['--version'], env)).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(temporary)).toEqual([`runbook-${process.geteuid?.()}`]);
  });

  test('says where it cannot unpack itself, and runs nothing that others could have changed', () => {
    const home = temporaryFolder();
    const nowhere = start(['--version'], { HOME: '/proc', TMPDIR: '/proc' });
    expect([nowhere.status, nowhere.stdout]).toEqual([5, '']);
    expect(nowhere.stderr).toContain('Set XDG_CACHE_HOME to a folder of your own');
    mkdirSync(join(home, '.cache/runbook/program'), { recursive: true });
    chmodSync(join(home, '.cache/runbook/program'), 0o777);
    const open = start(['--version'], { HOME: home, TMPDIR: '/proc' });
    expect([open.status, open.stdout]).toEqual([5, '']);
    expect(open.stderr).toContain('others can write to it');
  });

  test('stands in for Node where it starts programs and scripts of its own', () => {
    const script = 'console.log(require("node:path").basename(process.argv[0]), process.argv[1])';
    expect(start(['--as-node', '-e', script, 'one'], {}).stdout).toBe('runbook one\n');
    const program = join(folder, 'program.mjs');
    writeFileSync(program, 'console.log(await Promise.resolve(process.argv[2]));');
    expect(start(['--as-node', program, 'two'], {}).stdout).toBe('two\n');
  });
});
