import { once } from 'node:events';
import { createAdaptorServer } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context } from 'hono';
import type { Pool } from 'pg';
import { environmentError, messageOf } from '#errors.ts';
import { Audit } from '#team/audit/log.ts';
import type { TeamStore } from '#team/store.ts';
import { refuseForTeam } from '#team/work/allowed.ts';
import type { Access } from '#web/access.ts';
import { webApp } from '#web/app.ts';
import type { AlertStart, AlertStore } from '#web/hooks.ts';
import type { WebParts } from '#web/seen-runs.ts';
import { TeamAccess } from './access.ts';
import {
  alertCounts,
  alertState,
  findAlert,
  listAlerts,
  recordAlerts,
  withoutSecrets,
} from './alerts.ts';
import type { ServerConfig } from './config.ts';
import { teamFigures } from './figures.ts';
import { isLoopback } from './loopback.ts';
import { channelTroubles } from './notify/outbox.ts';
import { Outage } from './outage.ts';
import { placeInQueue } from './queue.ts';
import type { ServerParts } from './server.ts';
import { describedRunbook, RunStarter } from './start-run.ts';
import { TeamRuns } from './team-runs.ts';

type PageParts = Pick<ServerParts, 'runbooks' | 'program' | 'say' | 'loginLink'> & {
  readonly pool: Pool;
  readonly store: TeamStore;
};

/** Returns the pages, the API and the webhooks over a control plane, without a socket. */
export function teamApp(config: ServerConfig, parts: PageParts): ReturnType<typeof webApp> {
  const { pool, store, runbooks, say, loginLink } = parts;
  const starter = new RunStarter(store, config, runbooks);
  const outage = new Outage(pool, say);
  const hooks = teamHooks(config, { pool, store, starter, log: say });
  return webApp({
    runs: new TeamRuns({ ...parts, starter }),
    access: accessAt(config, new TeamAccess(pool, config.policy)),
    team: {
      runbooks: () => runbooks.valid(),
      runbook: (name) => describedRunbook(runbooks, name),
      runbookNames: () => [...runbooks.found().keys()],
      workers: () => store.workers(),
      alerts: (wanted) => listAlerts(pool, wanted),
      alertsOf: (run) => alertCounts(pool, run),
      placeInQueue: (run) => placeInQueue(pool, run),
      channelTroubles: () => channelTroubles(pool),
      figures: () => teamFigures(pool),
    },
    audit: new Audit(pool),
    now: Date.now,
    reportError: (error, request) => say(`${request} failed: ${messageOf(error)}`),
    isAway: () => outage.isNow(),
    ...(hooks === undefined ? {} : { hooks }),
    loginLink,
  });
}

/** Pages that listen. */
type ListeningPages = {
  readonly url: string;
  /** Serves by another config from now on; throws, and changes nothing, if it cannot be served. */
  use(config: ServerConfig): void;
  close(): Promise<void>;
};

/** Serves pages, API and webhooks; the port 0 is any free one. */
export async function servePages(config: ServerConfig, parts: PageParts): Promise<ListeningPages> {
  const { host, port, url } = config;
  let app = teamApp(config, parts);
  const server = createAdaptorServer({ fetch: (...request) => app.fetch(...request) });
  server.listen(port, host);
  await once(server, 'listening').catch((error: unknown) => {
    throw environmentError(`cannot listen on ${host}:${port}: ${messageOf(error)}`);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
    use: (next) => {
      app = teamApp({ ...next, host, port, url }, parts);
    },
    close: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      // Event streams of open pages never end by themselves.
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * Only the environments of the config are seen. A token stands for its person without a session only
 * where nobody else can have sent it.
 */
function accessAt({ host, url, environments }: ServerConfig, team: TeamAccess): Access {
  const isPrivate = isLoopback(host) && isLoopback(url.hostname);
  const hidden = { may: false, because: 'There is no such environment.' } as const;
  return {
    token: async (hash) => {
      const token = await team.token(hash);
      if (token === undefined || isPrivate) return token;
      return { ...token, scopes: token.scopes.filter((scope) => scope !== 'act') };
    },
    session: (hash) => team.session(hash),
    openSession: (session) => team.openSession(session),
    closeSession: (hash) => team.closeSession(hash),
    environments: async () =>
      environments === undefined ? await team.environments() : [...environments.keys()],
    rights: async (caller, environment) =>
      environments === undefined || environments.has(environment)
        ? await team.rights(caller, environment)
        : {
            see: false,
            roles: [],
            operate: hidden,
            confirm: { change: hidden, destructive: hidden },
          },
  };
}

type Hooks = NonNullable<WebParts['hooks']>;

/**
 * Returns the webhooks of a server, or undefined if its config has no alerts. Throws a usage error
 * if a route names a runbook that a team cannot run.
 */
function teamHooks(
  server: ServerConfig,
  {
    pool,
    store,
    starter,
    log,
  }: Pick<PageParts, 'pool' | 'store'> & { starter: RunStarter; log: (text: string) => void },
): Hooks | undefined {
  const { alerts, environments } = server;
  if (alerts === undefined) return undefined;
  const { config, runbooks, secrets } = alerts;
  for (const { runbook } of config.routes) {
    const named = runbooks.get(runbook);
    if (named !== undefined) refuseForTeam(named, {});
  }
  const maxOpen = (name: string) => environments?.get(name)?.maxOpen ?? 0;
  return {
    ...{ config, secrets, maxOpen, store: alertStore(pool, starter, store) },
    runbook: (name) => runbooks.get(name),
    address: (context) => senderOf(context, server),
    log,
  };
}

function alertStore(pool: Pool, starter: RunStarter, store: TeamStore): AlertStore {
  return {
    state: (question, source) => alertState(pool, question, source),
    find: (id) => findAlert(pool, id),
    record: async (alerts) => {
      const kept = alerts.map((one) => ({ ...one, alert: withoutSecrets(one.alert) }));
      await recordAlerts(pool, kept);
      await store.tellAlerts(
        kept.flatMap(({ run, alert }) => (run === undefined ? [] : [{ run, alert }])),
      );
    },
    start: ({ alert, ...start }: AlertStart) =>
      starter.start({
        ...start,
        ...{ alert: withoutSecrets(alert), by: `alert:${alert.source}`, source: 'alert' },
      }),
  };
}

/** Behind a proxy on this machine the sender is the last address that the proxy has added. */
function senderOf(context: Context, { url }: Pick<ServerConfig, 'url'>): string | undefined {
  const peer = getConnInfo(context).remote.address?.replace(/^::ffff:/, '');
  const isProxied = url.protocol === 'https:' && peer !== undefined && isLoopback(peer);
  if (!isProxied) return peer;
  return context.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() ?? peer;
}
