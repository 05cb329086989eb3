import { execFile } from 'node:child_process';
import { cp, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { bundle } from './bundle.js';

const at = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));

/**
 * Builds everything that is shipped in `dist`: the command, the programs that the lab starts as
 * processes of their own, the templates of `runbook new`, and the JSON Schemas that runbooks and their
 * cases name in their first line.
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
  );
  await cp(at('src/cli/commands/new/templates'), at('dist/templates'), { recursive: true });
  await writeSchema('runbook.schema.json', ['schema']);
  await writeSchema('runbook-test.schema.json', ['schema', '--test']);
}

async function writeSchema(name, args) {
  const { stdout } = await promisify(execFile)(process.execPath, [at('dist/main.js'), ...args]);
  await writeFile(at(`dist/${name}`), stdout);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
