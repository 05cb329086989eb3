import { askOnce, errorLine } from '../../client.ts';
import type { ByHand, FaultKind } from '../../fault.ts';
import { follow, untilStreaming } from '../../servers/standby.ts';
import { changedUrl } from '../../setup/changed-url.ts';
import { type FailoverLab, type Lab, superuserUrl } from '../../setup/lab.ts';
import { breakWay } from '../application-way.ts';
import { askAnew, openBystanders, untilTrue } from '../sessions.ts';
import { openApplicationPool } from './application-pool.ts';
import { madeState } from './fault.ts';
import { madeStale } from './stale-pool.ts';

const UPDATE = 'UPDATE product SET stock = stock WHERE id = 1';

function failoverOf(lab: Lab): FailoverLab {
  if (lab.engine !== 'failover')
    throw new Error(`this fault needs a standby, and has ${lab.engine}`);
  return lab;
}

/** The standby was promoted, and HAProxy still prefers the old primary, which follows it now. */
const PROXY_BEHIND: FaultKind = {
  name: 'failover-proxy-behind',
  title: 'The proxy leads to the old primary after a failover',
  engines: ['failover'],
  async make(any) {
    const lab = failoverOf(any);
    const { server, standby, proxy } = lab;
    await server.stop();
    await lab.promote();
    await follow(server, standby);
    await server.restart();
    await untilStreaming(server);
    await untilTrue(async () => (await askAnew(lab, [UPDATE])).includes('read-only'));
    const bystanders = await openBystanders(lab);
    const lead: ByHand = {
      name: 'lead-proxy-to-primary',
      title: 'Lead the proxy to the new primary',
      do: () => proxy.setServed('first', false),
    };
    return madeState(lab, {
      ...{ runbook: 'read-only', statement: UPDATE, bystanders, byHand: [lead] },
      describe:
        'The standby was promoted and the old primary follows it, but HAProxy still prefers the old one.',
      undo: () => lab.restore(),
    });
  },
};

/** The primary crashed and its standby was promoted; a pool has not noticed. */
const STALE_POOL: FaultKind = {
  name: 'failover-stale-pool',
  title: 'The pool hands out sessions from before a failover',
  engines: ['failover'],
  async make(any) {
    const lab = failoverOf(any);
    const pool = await openApplicationPool(lab);
    const complaint = pool.startLongRequest();
    await lab.admin(UPDATE);
    const replayed =
      'SELECT pg_last_xact_replay_timestamp() > pg_postmaster_start_time() AS replayed';
    await untilTrue(async () => {
      const [row] = await askOnce(lab.standby.superuserUrl, replayed, { name: 'lab' });
      return row?.replayed === true;
    });
    await lab.server.stop('immediate');
    await lab.promote();
    await untilTrue(async () => (await askAnew(lab, [UPDATE])) === 'works');
    return madeStale(lab, {
      ...{ pool, complaint: await complaint },
      describe:
        'The primary crashed and the standby was promoted. HAProxy leads to it, and the pool of shop-web keeps its old sessions.',
      // No session survives a failover: check that other users can log in again.
      async lost() {
        const served = await askAnew(lab, ['SELECT 1'], lab.urls.warehouse);
        return served === 'works' ? [] : [`the warehouse is not served: ${served}`];
      },
      undo: () => lab.restore(),
    });
  },
};

/** The application was configured with the address of a standby that replays nothing. */
const LAGGING_REPLICA: FaultKind = {
  name: 'failover-lagging-replica',
  title: 'The application is connected to a replica that lags behind',
  engines: ['failover'],
  async make(any) {
    const lab = failoverOf(any);
    const { standby } = lab;
    const onStandby = (statement: string) =>
      askOnce(standby.superuserUrl, statement, { name: 'lab' });
    await onStandby('SELECT pg_wal_replay_pause()');
    await lab.admin('UPDATE product SET stock = stock + 1 WHERE id = 1');
    const url = changedUrl(lab.urls.shop, { port: standby.port });
    return breakWay(lab, {
      layer: 'database',
      runbook: 'read-only',
      describe: `The shop's URL names the standby on port ${standby.port}, whose replay is paused.`,
      url,
      statement: UPDATE,
      complaint: await askOnce(url, UPDATE).then(() => '', errorLine),
      inputs: { admin_url: superuserUrl(lab) },
      isMisconfigured: true,
      async restore() {
        await onStandby('SELECT pg_wal_replay_resume()');
      },
    });
  },
};

/** Faults of a primary and a standby behind a proxy. */
export const FAILOVER_FAULTS: readonly FaultKind[] = [PROXY_BEHIND, STALE_POOL, LAGGING_REPLICA];
