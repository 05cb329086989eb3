import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';

/** What a test imports that starts servers, terminals or the whole command. */
const SLOW =
  /from '(?:#lab\/|.*\/e2e\/|.*\/support\/(?:browser|config-operator|database-session|in-terminal|lab-processes|mysql-session|postgres-session|real-mysql|ssh-server|start-command|switching-proxy)\.ts')/;

/** Returns the test files that start no server, no terminal and no built command. */
export async function fastTests() {
  const files = await Array.fromAsync(glob('test/**/*.test.{ts,tsx}'));
  return files
    .filter((file) => !file.startsWith('test/e2e/') && !SLOW.test(readFileSync(file, 'utf8')))
    .toSorted();
}
