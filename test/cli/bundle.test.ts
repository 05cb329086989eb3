import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const { bundle } = await import(resolve('bin/bundle.js'));

let folder: string;
let dist: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bundle-'));
  dist = join(folder, 'dist');
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await build();
  // Development dependencies are not there where the package is installed.
  const packages = join(folder, 'node_modules');
  await mkdir(packages);
  for (const name of await readdir(resolve('node_modules')))
    if (!name.startsWith('tree-sitter') && name !== '.bin')
      await symlink(resolve('node_modules', name), join(packages, name));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function build(): Promise<void> {
  const entries = {
    main: resolve('test/fixtures/bundled-program.tsx'),
    'lab-keeper': resolve('src/lab/programs/keeper.ts'),
    'lab-shop': resolve('src/lab/programs/shop.ts'),
  };
  const starts = ['src/lab/programs/keeper.ts', 'src/lab/programs/shop.ts'];
  return bundle(entries, dist, ['test/fixtures/bundled-program.tsx', ...starts]);
}

async function run(argument: string, ...nodeOptions: readonly string[]): Promise<string> {
  const args = [...nodeOptions, join(dist, 'main.js'), argument];
  return (await promisify(execFile)(process.execPath, args)).stdout;
}

test.each([
  ['ink', 'drawn'],
  ['zx', 'from bash'],
  ['pg', "'it''s'"],
  ['effects', 'read'],
  ['engine', 'opened'],
])('%s works from its own chunk', async (argument, output) => {
  expect(await run(argument)).toBe(output);
});

test('a program that needs nothing loads nothing', async () => {
  const meta = JSON.parse(await readFile(join(dist, 'meta.json'), 'utf8')) as {
    outputs: Record<string, { inputs: object; imports: { kind: string; path: string }[] }>;
  };
  const [, main] =
    Object.entries(meta.outputs).find(([path]) => path.endsWith('dist/main.js')) ?? [];
  const eager = main?.imports.filter((it) => it.kind === 'import-statement') ?? [];
  const inputs = eager.flatMap(({ path }) => Object.keys(meta.outputs[path]?.inputs ?? {}));
  expect(main?.imports.some((it) => it.kind === 'dynamic-import')).toBe(true);
  expect(inputs.filter((path) => path.includes('node_modules'))).toEqual([]);
});

test('the engine of team mode is in one chunk, loaded when it is needed', async () => {
  const meta = JSON.parse(await readFile(join(dist, 'meta.json'), 'utf8')) as {
    outputs: Record<string, { inputs: object; imports: { kind: string; path: string }[] }>;
  };
  const chunks = Object.entries(meta.outputs).filter(([, { inputs }]) =>
    Object.keys(inputs).some((path) => path.includes('@dbos-inc')),
  );
  expect(chunks).toHaveLength(1);
  const imports = Object.values(meta.outputs).flatMap((output) => output.imports);
  const kinds = imports.filter(({ path }) => path === chunks[0]?.[0]).map(({ kind }) => kind);
  expect(new Set(kinds)).toEqual(new Set(['dynamic-import']));
});

test('what starts together is merged, and every import is there', async () => {
  const files = await readdir(dist);
  expect(files.some((name) => name.startsWith('merged-'))).toBe(true);
  for (const name of files.filter((file) => file.endsWith('.js'))) {
    const text = await readFile(join(dist, name), 'utf8');
    for (const [, imported] of text.matchAll(/(?:from|import|import\()"\.\/([\w-]+\.js)"/g))
      expect(files, name).toContain(imported);
  }
});

test('the screen starts without a network client', async () => {
  const forbidFetch = 'data:text/javascript,globalThis.fetch=()=>{process.exit(9)}';
  expect(await run('ink', '--import', forbidFetch)).toBe('drawn');
});

test('the lab starts its own programs from the bundle', async () => {
  expect(await run('fault')).toBe('false');
});

test('a build carries the licences of what it holds, and removes what an earlier one left', async () => {
  await writeFile(join(dist, 'chunk-STALE.js'), '');
  await build();
  expect(await readdir(dist)).not.toContain('chunk-STALE.js');
  const licences = await readFile(join(dist, 'third-party-licences.txt'), 'utf8');
  for (const name of ['ink', 'libpg-query', 'web-tree-sitter', 'tree-sitter-bash'])
    expect(licences).toMatch(new RegExp(`^${name} \\d`, 'm'));
  expect(licences).toContain('Permission is hereby granted');
});
