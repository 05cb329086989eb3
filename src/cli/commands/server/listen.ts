import { serve } from '@hono/node-server';
import type { Pool } from 'pg';
import { environmentError, messageOf, usageError } from '#errors.ts';
import type { Dispatch } from '#team/dispatch.ts';
import { TeamAccess } from '#team/served/access.ts';
import { TeamStore } from '#team/store.ts';
import { webApp } from '#web/app.ts';
import { TeamRuns } from './served-runs.ts';

/** The parts of the server that pages need. */
export type PageParts = {
  readonly pool: Pool;
  readonly dispatch: Dispatch;
  readonly dirs: readonly string[];
  readonly say: (text: string) => void;
};

/** Pages and API that listen. */
export type ListeningPages = { readonly url: string; close(): Promise<void> };

/** Serves pages and API at an address, `HOST:PORT`; the port 0 is any free one. */
export async function listenAt(address: string, parts: PageParts): Promise<ListeningPages> {
  const { pool, dispatch, dirs, say } = parts;
  const [, hostname = '', port = ''] = /^(?:\[?([^\]]+)\]?:)?(\d{1,5})$/.exec(address) ?? [];
  if (port === '') throw usageError(`"${address}" is no address`, 'write HOST:PORT');
  const app = webApp({
    runs: new TeamRuns(pool, new TeamStore(pool, dispatch), dirs),
    access: new TeamAccess(pool),
    now: Date.now,
    reportError: (error) => say(`a request failed: ${messageOf(error)}`),
  });
  const listening = Promise.withResolvers<string>();
  const server = serve(
    { fetch: app.fetch, hostname: hostname === '' ? '127.0.0.1' : hostname, port: Number(port) },
    (at) =>
      listening.resolve(
        `http://${at.family === 'IPv6' ? `[${at.address}]` : at.address}:${at.port}`,
      ),
  );
  server.once('error', (error: Error) =>
    listening.reject(environmentError(`cannot listen at ${address}: ${error.message}`)),
  );
  const url = await listening.promise;
  return {
    url,
    close: async () => {
      const closed = new Promise<void>((done) => server.close(() => done()));
      // Event streams of open pages never end by themselves.
      if ('closeAllConnections' in server) server.closeAllConnections();
      await closed;
    },
  };
}
