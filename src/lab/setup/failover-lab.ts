import { setTimeout as sleep } from 'node:timers/promises';
import { askOnce, openClient } from '../client.ts';
import { startHaproxy } from '../servers/haproxy.ts';
import { restorePair, startStandby } from '../servers/standby.ts';
import { changedUrl } from './changed-url.ts';
import type { FailoverLab } from './lab.ts';
import { startPostgresLab } from './postgres-lab.ts';

const POLL_MS = 20;

/** Starts a PostgreSQL with a shop, its standby, and an HAProxy in front that everybody uses. */
export async function startFailoverLab(): Promise<FailoverLab> {
  const behind = await startPostgresLab('postgres');
  const { keeper, server } = behind;
  try {
    const standby = await startStandby(keeper, server);
    const proxy = await startHaproxy(keeper, { first: server.port, second: standby.port });
    const { port } = proxy;
    const shop = changedUrl(behind.urls.shop, { port });
    const { oncall, warehouse } = behind.urls;
    return {
      ...behind,
      engine: 'failover',
      standby,
      proxy,
      urls: {
        ...{ shop, oncall: changedUrl(oncall, { port }) },
        warehouse: changedUrl(warehouse, { port }),
      },
      open: (url = shop, options = {}) => openClient(url, options),
      async promote() {
        await askOnce(standby.superuserUrl, 'SELECT pg_promote(false)', { name: 'lab' });
        await untilWritable(standby.superuserUrl);
      },
      async restore() {
        await proxy.setServed('first', true);
        await restorePair(keeper, server, standby);
        await untilWritable(shop);
      },
    };
  } catch (error) {
    await behind.close();
    throw error;
  }
}

/** A promotion takes a while, and the proxy notices only with its next check who is back. */
async function untilWritable(url: string): Promise<void> {
  const works = () =>
    askOnce(url, 'SHOW transaction_read_only', { name: 'lab' }).then(
      ([row]) => row?.transaction_read_only === 'off',
      () => false,
    );
  while (!(await works())) await sleep(POLL_MS);
}
