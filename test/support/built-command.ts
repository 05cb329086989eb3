import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** The launcher of the built command, or what starts the single file of a release instead. */
export const LAUNCHER = process.env.RUNBOOK_LAUNCHER ?? join(root, 'bin/runbook.js');

/** The caches of all who work with the built command: nobody who is on call starts it for the first time. */
export const CACHES = { XDG_CACHE_HOME: join(root, 'node_modules/.cache/runbook-tests') } as const;

/** Throws when what is built is missing or older than its sources: a test would prove nothing. */
export function requireBuild(): void {
  const built = changedAt(join(root, 'dist/main.js'));
  if (built < newest(join(root, 'src')))
    throw new Error('dist is not what src says; build it first: node bin/build.js');
}

function newest(folder: string): number {
  const entries = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return Math.max(...entries.map((entry) => changedAt(join(folder, entry))));
}

function changedAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
