import { EXIT, type ExitCode, messageOf } from '#errors.ts';
import { Audit } from '#team/audit/log.ts';
import { openPool } from '#team/database.ts';
import { openDispatch } from '#team/engine.ts';
import { requireMigrated } from '#team/migrate.ts';
import { Supervisor } from '#team/watch/supervisor.ts';
import type { CommandLine } from '../../command-spec.ts';
import { controlPlaneUrl } from '../../control-plane.ts';
import type { server as spec } from '../../specs/team.ts';
import { loadServerConfig } from './config.ts';

/** The connections for the supervisor and the pages. */
const CONNECTIONS = 8;
/** How often the audit looks for what workers did. */
const COLLECT_MS = 5_000;

/** `runbook server`: watches over the workers of a team, and serves pages, until it is asked to stop. */
export async function serve({ options }: CommandLine<typeof spec>): Promise<ExitCode> {
  const say = (text: string) => process.stderr.write(`runbook server: ${text}\n`);
  const { database, listen, config: file, dir } = options;
  const config = await loadServerConfig({ config: file, listen }, dir);
  const url = await controlPlaneUrl(
    database ?? config?.database,
    database === undefined ? config?.folder : undefined,
  );
  const pool = openPool(url, 'runbook server', CONNECTIONS);
  await requireMigrated(pool).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  const dispatch = await openDispatch(url);
  const supervisor = new Supervisor({ pool, dispatch, onNotice: say });
  // Loaded only for pages: a server without them needs no HTTP.
  const pages =
    config === undefined
      ? undefined
      : await (await import('./listen.ts'))
          .listenAt(config, { pool, dispatch, dirs: dir, say })
          .catch(async (error: unknown) => {
            await dispatch.close();
            await pool.end();
            throw error;
          });
  if (pages !== undefined) say(`pages at ${pages.url}`);
  supervisor.start();
  const audit = new Audit(pool);
  // An outage of the control plane is not the end of the server: the next time finds what happened.
  const auditing = setInterval(() => void audit.collect().catch(() => undefined), COLLECT_MS);
  say('watching over the workers');
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  process.once('SIGTERM', () => stop());
  process.once('SIGINT', () => stop());
  await stopped;
  await pages?.close();
  clearInterval(auditing);
  supervisor.stop();
  await dispatch.close();
  await pool.end().catch((error: unknown) => say(messageOf(error)));
  say('stopped');
  return EXIT.ok;
}
