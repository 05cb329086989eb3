import { once } from 'node:events';
import { createAdaptorServer } from '@hono/node-server';
import type { Pool } from 'pg';
import { environmentError, messageOf } from '#errors.ts';
import { Audit } from '#team/audit/log.ts';
import type { Dispatch } from '#team/dispatch.ts';
import { TeamAccess } from '#team/served/access.ts';
import { TeamStore } from '#team/store.ts';
import type { Access } from '#web/access.ts';
import { webApp } from '#web/app.ts';
import type { WebParts } from '#web/seen-runs.ts';
import { isLoopback } from '../../loopback.ts';
import type { ServerConfig } from './config.ts';
import { TeamRuns } from './served-runs.ts';
import { servedTeam } from './served-team.ts';
import { RunStarter } from './start-run.ts';
import { teamHooks } from './team-hooks.ts';

/** The parts of the server that pages need. */
export type PageParts = {
  readonly pool: Pool;
  readonly dispatch: Dispatch;
  readonly dirs: readonly string[];
  readonly say: (text: string) => void;
  readonly loginLink?: WebParts['loginLink'];
};

/** Pages and API that listen. */
export type ListeningPages = { readonly url: string; close(): Promise<void> };

/** Serves pages, API and webhooks; the port 0 is any free one. */
export async function listenAt(config: ServerConfig, parts: PageParts): Promise<ListeningPages> {
  const { pool, dispatch, dirs, say, loginLink } = parts;
  const { host, port } = config;
  const store = new TeamStore(pool, dispatch);
  const starter = new RunStarter(store, config, dirs);
  const hooks = await teamHooks(config, { pool, starter, log: say });
  const app = webApp({
    runs: new TeamRuns(pool, store, starter),
    access: accessAt(config, new TeamAccess(pool, config.policy)),
    team: servedTeam(pool, store, starter),
    audit: new Audit(pool),
    now: Date.now,
    reportError: (error) => say(`a request failed: ${messageOf(error)}`),
    ...(hooks === undefined ? {} : { hooks }),
    loginLink,
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  server.listen(port, host);
  await once(server, 'listening').catch((error: unknown) => {
    throw environmentError(`cannot listen on ${host}:${port}: ${messageOf(error)}`);
  });
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}`,
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
