import { EXIT, type ExitCode, usageError } from '#errors.ts';
import type { CommandLine } from '../../command-spec.ts';
import { controlPlaneUrl } from '../../control-plane.ts';
import type { server as spec } from '../../specs/team.ts';
import { loadServerConfig } from './config.ts';
import { startServer } from './running.ts';

/** `runbook server`: watches over the workers of a team, and serves pages, until it is asked to stop. */
export async function serve({ options }: CommandLine<typeof spec>): Promise<ExitCode> {
  const say = (text: string) => process.stderr.write(`runbook server: ${text}\n`);
  const { database, listen, config: file, dir, demo } = options;
  if (demo) {
    if (file !== undefined || database !== undefined)
      throw usageError('--demo brings its own database and config file', 'runbook server --demo');
    return await (await import('./demo/command.ts')).demonstrate(listen);
  }
  const config = await loadServerConfig({ config: file, listen }, dir);
  const url = await controlPlaneUrl(
    database ?? config?.database,
    database === undefined ? config?.folder : undefined,
  );
  const server = await startServer({ url, config, dirs: dir, say });
  if (server.pagesUrl !== undefined) say(`pages at ${server.pagesUrl}`);
  say('watching over the workers');
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  process.once('SIGTERM', () => stop());
  process.once('SIGINT', () => stop());
  await stopped;
  await server.stop();
  say('stopped');
  return EXIT.ok;
}
