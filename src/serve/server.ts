import { messageOf } from '#errors.ts';
import { Audit } from '#team/audit/log.ts';
import { openPool } from '#team/database.ts';
import { openDispatch } from '#team/engine.ts';
import { requireMigrated } from '#team/migrate.ts';
import { TeamStore } from '#team/store.ts';
import { Supervisor } from '#team/watch/supervisor.ts';
import type { WebParts } from '#web/seen-runs.ts';
import type { ServerConfig } from './config.ts';
import { Notifier } from './notify/notifier.ts';
import { RETENTION, removeOutlived } from './retention.ts';
import type { FolderRunbooks } from './runbooks.ts';

/** The connections for the supervisor and the pages. */
const CONNECTIONS = 8;
/** How often the audit looks for what workers did. */
const COLLECT_MS = 5_000;
/** How often what has outlived its time is removed. */
const CLEAN_MS = 3_600_000;

/** The parts of a server that is to be started. */
export type ServerParts = {
  /** The URL of its control plane, which is migrated. */
  readonly url: string;
  /** Without it the server only watches over the workers. */
  readonly config: ServerConfig | undefined;
  readonly runbooks: FolderRunbooks;
  /** Name, version and build, as archives of runs record them. */
  readonly program: string;
  /** Called with what a person who operates the server should know. */
  readonly say: (text: string) => void;
  readonly loginLink?: WebParts['loginLink'];
};

/** A server that watches over the workers. */
export type RunningServer = {
  readonly store: TeamStore;
  /** The address of the pages, if it serves any. */
  readonly pagesUrl: string | undefined;
  /** Serves the pages by another config from now on, at the same address; throws if it cannot. */
  use(config: ServerConfig): void;
  stop(): Promise<void>;
};

/** Starts a server. Rejects if the control plane is not migrated, or the address is taken. */
export async function startServer(parts: ServerParts): Promise<RunningServer> {
  const { url, config, say } = parts;
  const pool = openPool(url, 'runbook server', CONNECTIONS);
  await requireMigrated(pool).catch(async (error: unknown) => {
    await pool.end();
    throw error;
  });
  const dispatch = await openDispatch(url);
  const store = new TeamStore(pool, dispatch);
  const supervisor = new Supervisor({ pool, dispatch, onNotice: say });
  // Loaded only for pages: a server without them needs no HTTP.
  const pages =
    config === undefined
      ? undefined
      : await (await import('./pages.ts'))
          .servePages(config, { ...parts, pool, store })
          .catch(async (error: unknown) => {
            await dispatch.close();
            await pool.end();
            throw error;
          });
  supervisor.start();
  let current = config;
  const notifier = config && new Notifier({ pool, store, say, config: () => current ?? config });
  notifier?.start();
  const audit = new Audit(pool);
  // An outage of the control plane is not the end of the server: the next time finds what happened.
  const again = () => undefined;
  const clean = () =>
    void removeOutlived({ pool, dispatch }, current?.retention ?? RETENTION).catch(again);
  const timers = [
    setInterval(() => void audit.collect().catch(again), COLLECT_MS),
    setInterval(clean, CLEAN_MS),
  ];
  clean();
  return {
    store,
    pagesUrl: pages?.url,
    use(next) {
      pages?.use(next);
      current = next;
    },
    async stop() {
      await pages?.close();
      await notifier?.stop();
      for (const timer of timers) clearInterval(timer);
      supervisor.stop();
      await dispatch.close();
      await pool.end().catch((error: unknown) => say(messageOf(error)));
    },
  };
}
