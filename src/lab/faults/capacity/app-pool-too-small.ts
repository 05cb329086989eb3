import { setTimeout as sleep } from 'node:timers/promises';
import { errorLine } from '../../client.ts';
import { SERVERS } from '../../engines.ts';
import type { FaultKind } from '../../fault.ts';
import { isPostgres } from '../../setup/lab.ts';
import { type AppPool, openAppPool } from './app-pool.ts';
import { makeCapacityFault } from './fault.ts';

const POOL_SIZE = 2;
const ENOUGH = 10;
const REQUESTS = 10;
const REFUSED_PAUSE_MS = 50;
const WATCH_MS = 800;

/** An application whose pool is too small for its load, on a server with free slots. */
export const APP_POOL_TOO_SMALL: FaultKind = {
  name: 'app-pool-too-small',
  title: 'The pool of the application is too small for its load',
  engines: SERVERS,
  make(lab) {
    const work = isPostgres(lab) ? 'SELECT pg_sleep(0.15)' : 'SELECT SLEEP(0.15)';
    let load: Load | undefined;
    const begin = (size: number) => {
      load = startLoad(openAppPool(lab.urls.shop, size), work);
    };
    return makeCapacityFault(lab, {
      layer: 'pool',
      runbook: 'pool-exhausted',
      describe: `shop-web has a pool of ${POOL_SIZE} connections and ${REQUESTS} requests at a time; the server has free slots.`,
      byHand: [
        {
          name: 'raise-pool-size',
          title: `Give the pool of shop-web ${ENOUGH} connections and restart it`,
          async do() {
            await load?.stop();
            begin(ENOUGH);
          },
        },
      ],
      async make() {
        begin(POOL_SIZE);
        for (;;) {
          const refusal = await load?.watch();
          if (refusal) return refusal;
        }
      },
      suffers: async () => (await load?.watch()) ?? 'there is no load',
      undo: async () => load?.stop(),
    });
  },
};

type Load = {
  /** Returns the last error of a request within the next moment; empty if all were served. */
  watch(): Promise<string>;
  stop(): Promise<void>;
};

function startLoad(pool: AppPool, work: string): Load {
  let stopped = false;
  let refusal = '';
  const request = async () => {
    const connection = await pool.take();
    try {
      await connection.ask(work);
    } finally {
      connection.release();
    }
  };
  const requests = Array.from({ length: REQUESTS }, async () => {
    while (!stopped)
      await request().catch(async (error: unknown) => {
        refusal = errorLine(error);
        await sleep(REFUSED_PAUSE_MS);
      });
  });
  return {
    async watch() {
      refusal = '';
      await sleep(WATCH_MS);
      return refusal;
    },
    async stop() {
      if (stopped) return;
      stopped = true;
      await Promise.all(requests);
      await pool.end();
    },
  };
}
