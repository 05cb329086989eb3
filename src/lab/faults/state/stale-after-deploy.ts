import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultKind } from '../../fault.ts';
import { isPostgres, type Lab } from '../../setup/lab.ts';
import { isServed, untilTrue } from '../workload/sessions.ts';
import { openPool } from './application-pool.ts';
import { madeStale } from './stale-pool.ts';
import { endSessions } from './stale-terminated.ts';

const IDLE_SECONDS = 1;

/**
 * After a deployment, old instances left their sessions behind, and those of the new one were
 * ended.
 */
export const STALE_AFTER_DEPLOY: FaultKind = {
  name: 'stale-after-deploy',
  title: 'Sessions of instances that are gone, and a new instance with dead ones',
  engines: ['postgres', 'postgres-system', 'mariadb'],
  async make(lab) {
    const { warehouse, oncall } = lab.urls;
    const bystanders = await Promise.all([lab.open(warehouse), lab.open(oncall)]);
    const gone = await openPool(lab, { name: 'shop-v41' });
    const pool = await openPool(lab, { name: 'shop-v42' });
    const complaint = pool.startLongRequest();
    await endSessions(lab, pool.ids());
    await untilTrue(async () => (await pool.serve()).length === pool.ids().length);
    await sleep(IDLE_SECONDS * 1_100);
    return madeStale({
      ...{ lab, pool, complaint: await complaint },
      inputs: { idle_for: `${IDLE_SECONDS}s` },
      describe: 'shop-v41 is gone and its sessions are open; those of shop-v42 were ended.',
      byHand: [
        {
          name: 'recycle-busy-pool',
          title: 'Restart the new instance; people use it again at once.',
          async do() {
            await pool.recycle();
            pool.startLoad();
          },
        },
      ],
      beforeCheck: () => pool.pauseLoad(),
      leftOver: () => countSessions(lab, gone.ids()),
      async lost() {
        const served = await Promise.all(bystanders.map((one) => isServed(one)));
        return ['the warehouse', 'the person on call']
          .filter((_, i) => served[i] !== true)
          .map((who) => `a healthy session of ${who} was ended`);
      },
      async undo() {
        await Promise.all([...bystanders, gone].map((one) => one.end()));
      },
    });
  },
};

async function countSessions(lab: Lab, ids: readonly number[]): Promise<number> {
  const list = ids.join(', ');
  const [row] = await lab.admin(
    isPostgres(lab)
      ? `SELECT count(*)::int AS n FROM pg_stat_activity WHERE pid IN (${list})`
      : `SELECT count(*) AS n FROM information_schema.processlist WHERE id IN (${list})`,
  );
  return Number(row?.n);
}
