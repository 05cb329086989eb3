import type { FaultKind, MadeFault } from '../../fault.ts';
import { POOLER_LIMITS } from '../../setup/lab.ts';
import { askAnew, isServed, once, openBystanders } from '../workload/sessions.ts';
import { askConsole, poolerInputs, withPooler } from './lab.ts';

/** The bystanders of the shop and of the operator on call also use the pooler. */
const BYSTANDERS = 2;

/** Idle clients take every client connection of the pooler, while the server is idle. */
export const POOLER_CLIENT_LIMIT: FaultKind = {
  name: 'pooler-client-limit',
  title: 'the pooler takes no more clients',
  engines: ['pgbouncer'],
  async make(lab) {
    const pooled = withPooler(lab);
    const bystanders = await openBystanders(lab);
    const workers = await Promise.all(
      Array.from({ length: POOLER_LIMITS.clients - BYSTANDERS }, () =>
        lab.open(lab.urls.shop, { name: 'shop-worker' }),
      ),
    );
    return {
      layer: 'pool',
      runbook: 'pgbouncer',
      inputs: poolerInputs(pooled),
      describe: `PgBouncer takes ${POOLER_LIMITS.clients} clients, and shop-worker holds ${workers.length} of these places without using them.`,
      complaint: 'FATAL:  no more connections allowed (max_client_conn)',
      appUrl: () => lab.urls.shop,
      byHand: [],
      async check() {
        const read = await askAnew(lab, ['SELECT count(*) FROM product']);
        const served = await Promise.all(workers.map((worker) => isServed(worker)));
        const lost = served.filter((ok) => !ok).length;
        return {
          gone: read === 'works',
          collateral: [
            ...(await bystanders.lost()),
            ...(lost > 0 ? [`${lost} sessions of shop-worker were ended`] : []),
          ],
          facts: { read, workers: workers.length },
        };
      },
      undo: once(async () => {
        await askConsole(pooled, `SET max_client_conn = ${POOLER_LIMITS.clients}`);
        for (const worker of workers) await worker.end();
        await bystanders.end();
      }),
    } satisfies MadeFault;
  },
};
