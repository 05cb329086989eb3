import { readFileSync } from 'node:fs';
import { glob } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** What a test imports or starts that brings servers, terminals, builds or the whole command. */
const SLOW = [
  /from '(?:#lab\/|.*\/e2e\/|.*\/support\/(?:browser|built-command|config-operator|control-plane|editor|team-stage|database-session|in-terminal|lab-processes|mysql-session|postgres-session|sql-engines|ssh-server|start-command|switching-proxy|web-browser)\.ts')/,
  /startPostgres\(|bin\/bundle\.js/,
];

/** What stays behind in the process of a test for those after it. */
const CHANGES_PROCESS = /process\.env\.\w+ =|process\.chdir\(|vi\.(?:mock|stubEnv|stubGlobal)\(/;

/**
 * Returns the test files that start no server, no terminal and no built command, and that leave their
 * process as it was; in words of globs, from the root of the checkout.
 */
export async function fastTests() {
  const root = fileURLToPath(new URL('../', import.meta.url));
  const files = await Array.fromAsync(glob('test/**/*.test.{ts,tsx}', { cwd: root }));
  return files
    .filter((file) => !file.startsWith('test/e2e/'))
    .filter((file) => {
      const text = readFileSync(root + file, 'utf8');
      return !SLOW.some((pattern) => pattern.test(text)) && !CHANGES_PROCESS.test(text);
    })
    .toSorted();
}
