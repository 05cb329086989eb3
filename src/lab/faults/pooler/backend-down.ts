import type { FaultKind, MadeFault } from '../../fault.ts';
import { askAnew, isServed, once, untilTrue } from '../workload/sessions.ts';
import { poolerInputs, withPooler } from './lab.ts';

/** The server behind the pooler is down; the pooler runs and its clients wait. */
export const POOLER_BACKEND_DOWN: FaultKind = {
  name: 'pooler-backend-down',
  title: 'nothing listens behind the pooler',
  engines: ['pgbouncer'],
  async make(lab) {
    const pooled = withPooler(lab);
    const idle = await lab.open(lab.urls.shop, { name: 'shop-checkout' });
    await idle.ask('SELECT 1');
    let runs = false;
    const start = async () => {
      if (!runs) await pooled.server.restart();
      runs = true;
    };
    await pooled.server.stop('fast');
    return {
      layer: 'pool',
      runbook: 'pgbouncer',
      inputs: poolerInputs(pooled),
      describe: 'PgBouncer runs, and the PostgreSQL behind it has been stopped.',
      complaint:
        'WARNING server login failed: connect failed; closing because: connect failed (age=0s) pgbouncer',
      appUrl: () => lab.urls.shop,
      byHand: [{ name: 'start-database', title: 'Start the server behind the pooler', do: start }],
      async check() {
        const read = await askAnew(lab, ['SELECT count(*) FROM product']);
        const lost = read === 'works' && !(await isServed(idle));
        return {
          gone: read === 'works',
          collateral: lost ? ['a healthy session of the shop was ended'] : [],
          facts: { read },
        };
      },
      undo: once(async () => {
        await start();
        // The pooler retries its server only once a second.
        await untilTrue(async () => (await askAnew(lab, ['SELECT 1'])) === 'works');
        await idle.end();
      }),
    } satisfies MadeFault;
  },
};
