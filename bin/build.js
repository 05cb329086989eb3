import { execFile } from 'node:child_process';
import { cp, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundle } from './bundle.js';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/** What has to start fast. */
const STARTS = [
  'src/cli/main.ts',
  'src/cli/commands/list.ts',
  'src/cli/start-page/page.ts',
  'src/ui/start-page/screen.ts',
  'src/ui/start-page/ink.tsx',
  'src/cli/commands/run/command.ts',
  'src/ui/terminal/screen.ts',
  'src/ui/terminal/ink.tsx',
];

/**
 * Builds everything that is shipped in `dist`: the command, the programs that the lab starts as
 * processes of their own, the templates of `runbook new`, the JSON Schemas that runbooks and their cases
 * name in their first line, and the shipped runbooks as they are after their checks.
 */
export async function buildAll() {
  await bundle(
    {
      main: at('src/cli/main.ts'),
      'lab-keeper': at('src/lab/programs/keeper.ts'),
      'lab-application': at('src/lab/programs/application.ts'),
      'lab-shop': at('src/lab/programs/shop.ts'),
    },
    at('dist'),
    STARTS,
  );
  await cp(at('src/cli/commands/new/templates'), at('dist/templates'), { recursive: true });
  await writeSchema('runbook.schema.json', ['schema']);
  await writeSchema('runbook-library.schema.json', ['schema', '--library']);
  await writeSchema('runbook-test.schema.json', ['schema', '--test']);
  await keepCheckedRunbooks();
}

/** Has the built command check the shipped runbooks, and ships what it keeps of them. */
async function keepCheckedRunbooks() {
  const home = await mkdtemp(join(tmpdir(), 'runbook-build-'));
  try {
    const env = { PATH: process.env.PATH, HOME: home, XDG_CACHE_HOME: home };
    const command = [at('dist/main.js'), 'validate', '--dir', at('runbooks')];
    await promisify(execFile)(process.execPath, command, { env, cwd: home });
    const checked = join(home, 'runbook/checked');
    const [build = ''] = await readdir(checked);
    await cp(join(checked, build), at('dist/checked'), { recursive: true });
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function writeSchema(name, args) {
  const { stdout } = await promisify(execFile)(process.execPath, [at('dist/main.js'), ...args]);
  await writeFile(at(`dist/${name}`), stdout);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
