import { type ExecFileOptionsWithStringEncoding, execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';
import { requireBuild } from '../support/built-command.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const PATH = `${dirname(process.execPath)}${delimiter}${process.env.PATH ?? ''}`;

let folder: string;
let files: readonly string[];

beforeAll(async () => {
  requireBuild();
  folder = mkdtempSync(join(tmpdir(), 'runbook-package-'));
  const npm = (args: readonly string[], cwd: string) =>
    execute('npm', args, { cwd, env: { ...process.env, PATH } });
  const { stdout } = await npm(['pack', '--json', '--pack-destination', folder], root);
  const [packed] = JSON.parse(stdout) as readonly Packed[];
  files = packed?.files.map(({ path }) => path) ?? [];
  const app = join(folder, 'app');
  mkdirSync(app);
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline'];
  await npm(['install', ...quiet, join(folder, packed?.filename ?? '')], app);
  return () => rmSync(folder, { recursive: true, force: true });
});

type Packed = { readonly filename: string; readonly files: readonly { readonly path: string }[] };

function execute(
  file: string,
  args: readonly string[],
  options: Omit<ExecFileOptionsWithStringEncoding, 'encoding'>,
) {
  return promisify(execFile)(file, [...args], { ...options, encoding: 'utf8' });
}

/** Runs the installed command in its folder. */
async function runbook(...args: readonly string[]): Promise<string> {
  const app = join(folder, 'app');
  const env = { PATH, HOME: folder, RUNBOOK_STATE: join(folder, 'state'), RUNBOOK_OPERATOR: 'kim' };
  return (await execute(join(app, 'node_modules/.bin/runbook'), args, { cwd: app, env })).stdout;
}

test('the package holds the command, its runbooks and its documents, and no sources', () => {
  const folders = new Set(files.map((file) => file.split('/')[0]));
  expect([...folders].sort()).toEqual(
    expect.arrayContaining(['bin', 'dist', 'docs', 'package.json', 'runbooks']),
  );
  expect(files.filter((file) => /^(src|test)\/|\.tsx?$|meta\.json$/.test(file))).toEqual([]);
  expect(files.filter((file) => file.startsWith('bin/'))).toEqual(['bin/runbook.js']);
});

test('the installed command knows its version, and the commit it was built from', async () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const shown = await runbook('--version');
  expect(shown.startsWith(`${version} (`)).toBe(true);
  expect(shown).toMatch(/ \([0-9a-f]{8}, \d{4}-\d\d-\d\d(?:, modified)?\)\n$/);
});

test('the installed command finds the runbooks that come with it, and they are valid', async () => {
  expect(await runbook('list')).toContain('pool-exhausted');
  expect(await runbook('validate')).toMatch(/pool-exhausted\.yaml: valid/);
  expect(await runbook('show', 'pool-exhausted')).toContain('Connection pool exhausted');
});

test('the installed command creates a runbook from a template', async () => {
  expect(await runbook('new', 'from-template', '--template', 'shell')).toContain('wrote ');
  expect(await runbook('validate', 'from-template')).toContain('from-template.yaml: valid');
});

test('the installed command runs a runbook of its user', async () => {
  const runbooks = join(folder, 'app', 'runbooks');
  mkdirSync(runbooks, { recursive: true });
  writeFileSync(
    join(runbooks, 'greet.yaml'),
    `name: greet
title: Greet
summary: Nobody has been greeted.
steps:
  - { id: greet, title: Greet, effect: read, shell: echo hello from bash }
  - { id: done, title: Done, finish: { outcome: resolved, summary: Everybody is greeted. } }
`,
  );
  const said = await runbook('run', 'greet', '--plain');
  expect(said).toContain('hello from bash');
  expect(said).toContain('Everybody is greeted.');
  expect(await runbook('transcript')).toContain('**Resolved**');
});
