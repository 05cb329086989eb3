import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

const FOLDERS = [
  'text',
  'runbook',
  'safety',
  'match',
  'machine',
  'events',
  'steps',
  'run',
  'rehearsal',
  'ui',
  'report',
  'lab',
  'alerts',
  'team',
  'web',
  'notify',
  'serve',
  'lsp',
  'cli',
] as const;

const ALLOWED: Record<(typeof FOLDERS)[number], readonly string[]> = {
  text: [],
  runbook: ['text'],
  safety: ['text', 'runbook'],
  match: ['text', 'runbook'],
  machine: ['text', 'runbook', 'safety'],
  events: ['text', 'runbook'],
  steps: ['text', 'runbook', 'safety'],
  run: ['text', 'runbook', 'safety', 'machine', 'events', 'steps'],
  rehearsal: ['text', 'runbook', 'safety', 'machine', 'events'],
  ui: ['text', 'runbook', 'events'],
  report: ['text', 'runbook', 'events'],
  lab: ['text', 'runbook'],
  alerts: ['text', 'runbook'],
  team: ['text', 'runbook', 'safety', 'machine', 'events', 'steps', 'run'],
  web: ['text', 'runbook', 'events', 'report', 'alerts'],
  notify: ['text', 'runbook', 'events'],
  serve: ['text', 'runbook', 'safety', 'events', 'run', 'report', 'lab', 'alerts', 'team', 'web'],
  lsp: ['text', 'runbook', 'safety'],
  cli: FOLDERS.filter((folder) => folder !== 'cli'),
};

const CORE = [
  'text',
  'runbook',
  'safety',
  'match',
  'machine',
  'events',
  'rehearsal',
  'alerts',
  'lsp',
] as const;

const IMPURE = {
  'node-module': "import { readFile } from 'node:fs/promises';\nexport const probe = readFile;\n",
  'node-module-later': "export const probe = () => import('node:fs');\n",
  driver: "import pg from 'pg';\nexport const probe = pg;\n",
  clock: 'export const probe = Date.now();\n',
  'new-date': 'export const probe = new Date();\n',
  randomness: 'export const probe = Math.random();\n',
  timer: 'export const probe = setTimeout(() => {}, 1);\n',
  process: 'export const probe = process.pid;\n',
};

let found: ReadonlySet<string>;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-arrows-'));
  for (const file of ['biome.json', 'pure-core.grit', 'types-of-events.grit', 'package.json'])
    await cp(resolve(file), join(folder, file));
  for (const from of [...FOLDERS, 'steps/remote'])
    await mkdir(join(folder, 'src', from, 'inner'), { recursive: true });
  for (const from of FOLDERS) for (const to of FOLDERS) await probeArrow(from, to);
  for (const from of FOLDERS)
    await probe(`${from}/types-of-events`, "export type { Probe } from '#events/place.ts';\n");
  await probe(
    'machine/type-of-events',
    "import type { P } from '#events/place.ts';\nexport type Q = P;\n",
  );
  await probe(
    'machine/all-of-events',
    "import * as all from '#events/place.ts';\nexport const probe = all;\n",
  );
  for (const from of CORE)
    for (const [name, text] of Object.entries(IMPURE)) await probe(`${from}/${name}`, text);
  for (const to of ['postgres', 'mysql', 'shell', 'probe', 'remote'])
    await probe(`steps/remote/beside-${to}`, `export { probe } from '../${to}/place.ts';\n`);
  found = await refusedFiles();
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function probeArrow(from: string, to: string): Promise<void> {
  for (const [at, out] of [
    [from, '..'],
    [`${from}/inner`, '../..'],
  ] as const) {
    await probe(`${at}/now-${to}`, `export { probe } from '#${to}/place.ts';\n`);
    await probe(`${at}/later-${to}`, `export const probe = () => import('#${to}/place.ts');\n`);
    await probe(`${at}/around-${to}`, `export { probe } from '${out}/${to}/place.ts';\n`);
  }
}

function probe(name: string, text: string): Promise<void> {
  return writeFile(join(folder, 'src', `${name}.ts`), text);
}

function refusedFiles(): Promise<ReadonlySet<string>> {
  const rules = ['style/noRestrictedImports', 'style/noRestrictedGlobals', 'plugin'];
  const args = ['lint', '--reporter=json', '--max-diagnostics=none'];
  args.push(...rules.map((rule) => `--only=${rule}`));
  return new Promise((done) => {
    execFile(
      resolve('node_modules/.bin/biome'),
      args,
      { cwd: folder, maxBuffer: 64 << 20 },
      (_, out) => {
        const { diagnostics } = JSON.parse(out) as {
          diagnostics: readonly { location: { path: string } }[];
        };
        done(new Set(diagnostics.map((it) => it.location.path.replace(/^src\/|\.ts$/g, ''))));
      },
    );
  });
}

test.each(FOLDERS)('%s imports only what its arrows allow, also dynamically', (from) => {
  const others = FOLDERS.filter((to) => to !== from);
  const expected = others.filter((to) => !ALLOWED[from].includes(to));
  for (const at of [from, `${from}/inner`]) {
    const refused = (kind: string) => others.filter((to) => found.has(`${at}/${kind}-${to}`));
    expect(refused('now')).toEqual(expected);
    expect(refused('later')).toEqual(expected);
  }
});

test.each(FOLDERS.filter((it) => it !== 'cli'))(
  '%s names other rooms, and no way to them',
  (from) => {
    const others = FOLDERS.filter((to) => to !== from);
    for (const at of [from, `${from}/inner`])
      expect(others.filter((to) => !found.has(`${at}/around-${to}`))).toEqual([]);
  },
);

test('machine knows the types of events, and nothing else of them', () => {
  const refused = FOLDERS.filter((from) => found.has(`${from}/types-of-events`));
  const allowed = FOLDERS.filter((from) => ALLOWED[from].includes('events'));
  expect(refused).toEqual(FOLDERS.filter((from) => !['machine', ...allowed].includes(from)));
  expect(found.has('machine/type-of-events')).toBe(false);
  expect(found.has('machine/all-of-events')).toBe(true);
});

test.each(CORE)('%s touches no Node, driver, clock or randomness', (from) => {
  const accepted = Object.keys(IMPURE).filter((name) => !found.has(`${from}/${name}`));
  expect(accepted).toEqual([]);
});

test('steps share what their databases and shells have, and nothing of what uses those', () => {
  const refused = ['postgres', 'mysql', 'shell', 'probe', 'remote'].filter((to) =>
    found.has(`steps/remote/beside-${to}`),
  );
  expect(refused).toEqual(['probe', 'remote']);
});
