import type { FaultKind, MadeFault } from '../../fault.ts';
import { POOLER_LIMITS } from '../../setup/lab.ts';
import { askAnew, once, openBystanders } from '../workload/sessions.ts';
import { poolerInputs, withPooler } from './lab.ts';

/** Abandoned transactions hold every server connection of the pool, and all other clients wait. */
export const POOLER_SATURATED: FaultKind = {
  name: 'pooler-saturated',
  title: 'every server connection of the pooler is held by a transaction that nobody ends',
  engines: ['pgbouncer'],
  async make(lab) {
    const pooled = withPooler(lab);
    const bystanders = await openBystanders(lab);
    const holders = await Promise.all(
      Array.from({ length: POOLER_LIMITS.pool }, () =>
        lab.open(lab.urls.shop, { name: 'shop-backoffice' }),
      ),
    );
    for (const holder of holders) {
      await holder.ask('BEGIN');
      await holder.ask('SELECT count(*) FROM product');
    }
    return {
      layer: 'pool',
      runbook: 'pgbouncer',
      inputs: { ...poolerInputs(pooled), held_for: '0s' },
      describe: `PgBouncer has ${POOLER_LIMITS.pool} connections to the server, and shop-backoffice holds all of them in open transactions.`,
      complaint: 'FATAL:  query_wait_timeout',
      appUrl: () => lab.urls.shop,
      byHand: [],
      async check() {
        const read = await askAnew(lab, ['SELECT count(*) FROM product']);
        // A session that waits for the pool is not lost: query it only when there is room.
        const collateral = read === 'works' ? await bystanders.lost() : [];
        const holding = holders.filter((holder) => !holder.isLost()).length;
        return { gone: read === 'works', collateral, facts: { read, holding } };
      },
      undo: once(async () => {
        for (const holder of holders) await holder.end();
        await bystanders.end();
      }),
    } satisfies MadeFault;
  },
};
