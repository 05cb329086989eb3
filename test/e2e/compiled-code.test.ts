import { execFile } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';

let cache: string;

beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), 'compiled-'));
});

afterEach(() => rm(cache, { recursive: true, force: true }));

async function list(home = cache): Promise<string> {
  const env = { PATH: process.env.PATH, HOME: cache, XDG_CACHE_HOME: home };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [resolve('bin/runbook.js'), 'list'],
    { env, cwd: cache },
  );
  return stdout;
}

/** The files of compiled code, below the folder of the build. */
async function compiled(): Promise<readonly string[]> {
  const folder = join(cache, 'runbook/compiled');
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  return found.filter((it) => it.isFile()).map((it) => join(it.parentPath, it.name));
}

test('compiled code is kept where only its user may enter, and is replaced by the next build', async () => {
  await list();
  const folder = join(cache, 'runbook/compiled');
  const [build = ''] = await readdir(folder);
  for (const path of [folder, join(folder, build)])
    expect((await stat(path)).mode & 0o777).toBe(0o700);
  expect((await compiled()).length).toBeGreaterThan(0);
  await rm(join(folder, build), { recursive: true });
  await mkdir(join(folder, 'an-earlier-build'));
  await list();
  expect(await readdir(folder)).toEqual([build]);
});

test('damaged compiled code is not run', async () => {
  const shown = await list();
  for (const file of await compiled()) {
    const bytes = await readFile(file);
    await writeFile(file, bytes.fill(0xff, bytes.length >> 1));
  }
  expect(await list()).toBe(shown);
});

test('a folder that others may enter is not used', async () => {
  const folder = join(cache, 'runbook/compiled');
  await mkdir(folder, { recursive: true });
  await chmod(folder, 0o755);
  expect(await list()).toContain('triage');
  expect(await compiled()).toEqual([]);
});

test('the program starts where nothing can be kept', async () => {
  const file = join(cache, 'a-file');
  await writeFile(file, '');
  expect(await list(file)).toContain('triage');
  expect(await list('/proc/nowhere')).toContain('triage');
});
