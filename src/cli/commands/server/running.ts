import { messageOf } from '#errors.ts';
import { Audit } from '#team/audit/log.ts';
import { openPool } from '#team/database.ts';
import { openDispatch } from '#team/engine.ts';
import { requireMigrated } from '#team/migrate.ts';
import { TeamStore } from '#team/store.ts';
import { Supervisor } from '#team/watch/supervisor.ts';
import type { WebParts } from '#web/seen-runs.ts';
import type { ServerConfig } from './config.ts';

/** The connections for the supervisor and the pages. */
const CONNECTIONS = 8;
/** How often the audit looks for what workers did. */
const COLLECT_MS = 5_000;

/** The parts of a server that is to be started; without a config it serves no pages. */
export type ServerParts = {
  readonly url: string;
  readonly config: ServerConfig | undefined;
  readonly dirs: readonly string[];
  readonly say: (text: string) => void;
  readonly loginLink?: WebParts['loginLink'];
};

/** A server that watches over the workers. */
export type RunningServer = {
  readonly store: TeamStore;
  /** The address of the pages, if it serves any. */
  readonly pagesUrl: string | undefined;
  stop(): Promise<void>;
};

/** Starts a server on a control plane that is migrated. */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { url, config, dirs, say, loginLink } = parts;
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
          .listenAt(config, { pool, dispatch, dirs, say, loginLink })
          .catch(async (error: unknown) => {
            await dispatch.close();
            await pool.end();
            throw error;
          });
  supervisor.start();
  const audit = new Audit(pool);
  // An outage of the control plane is not the end of the server: the next time finds what happened.
  const auditing = setInterval(() => void audit.collect().catch(() => undefined), COLLECT_MS);
  return {
    store: new TeamStore(pool, dispatch),
    pagesUrl: pages?.url,
    async stop() {
      await pages?.close();
      clearInterval(auditing);
      supervisor.stop();
      await dispatch.close();
      await pool.end().catch((error: unknown) => say(messageOf(error)));
    },
  };
}
