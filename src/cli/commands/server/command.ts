import { once } from 'node:events';
import { EXIT, type ExitCode, usageError } from '#errors.ts';
import { startServer } from '#serve/server.ts';
import { untilReached } from '#team/reached.ts';
import type { CommandLine } from '../../command-spec.ts';
import { onHangUp, stopSignal } from '../../config/signals.ts';
import { controlPlaneUrl } from '../../control-plane.ts';
import { folderRunbooks } from '../../library/folder-runbooks.ts';
import type { server as spec } from '../../specs/team.ts';
import { PROGRAM } from '../../version.ts';
import { checkedAddress, loadServerConfig } from './config.ts';

/** A free port of this machine. */
const ANYWHERE = '127.0.0.1:0';

const log = (text: string) => process.stderr.write(`runbook server: ${text}\n`);

/** `runbook server`: watches over the workers of a team, and serves pages, until it is asked to stop. */
export async function serve({ options }: CommandLine<typeof spec>): Promise<ExitCode> {
  const { database, listen, config: file, dir, demo } = options;
  if (demo) {
    if (file !== undefined || database !== undefined)
      throw usageError('--demo brings its own database and config file', 'runbook server --demo');
    return await demonstrate(listen ?? ANYWHERE);
  }
  const config = await loadServerConfig({ config: file, listen }, dir, log);
  const url = await controlPlaneUrl(
    database ?? config?.database,
    database === undefined ? config?.folder : undefined,
  );
  const parts = { runbooks: folderRunbooks(dir), program: PROGRAM, say: log };
  const signal = stopSignal();
  if (!(await untilReached(url, { name: 'runbook server', say: log, signal }))) return EXIT.ok;
  const server = await startServer({ ...parts, url, config });
  if (server.pagesUrl !== undefined) log(`pages at ${server.pagesUrl}`);
  log('watching over the workers');
  const readAgain = async () => {
    // A file that is missing for a moment must not open what it closes.
    if (config?.file === undefined) throw usageError('the server began without a config file');
    const next = await loadServerConfig({ config: config.file, listen }, dir, log);
    if (next !== undefined) server.use(next);
  };
  process.on('SIGHUP', () => void onHangUp(readAgain, log));
  if (!signal.aborted) await once(signal, 'abort');
  await server.stop();
  log('stopped');
  return EXIT.ok;
}

/** `runbook server --demo`: a team on this machine, until it is asked to stop. */
async function demonstrate(listen: string): Promise<ExitCode> {
  // Refuses an address that others reach before anything has started.
  checkedAddress(listen, undefined);
  const { runDemo } = await import('#serve/demo/demo.ts');
  const { say } = await import('../../say.ts');
  const { surroundingsHere } = await import('../../surroundings.ts');
  await runDemo({
    ...{ person: surroundingsHere().operator, say },
    serve: async (url, team, loginLink) => {
      const config = await loadServerConfig({ config: team, listen }, [], log);
      const parts = { runbooks: folderRunbooks([]), program: PROGRAM, say: log };
      return await startServer({ ...parts, url, config, loginLink });
    },
  });
  return EXIT.ok;
}
