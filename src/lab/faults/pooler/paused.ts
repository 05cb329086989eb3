import type { FaultKind, MadeFault } from '../../fault.ts';
import { askAnew, once, openBystanders } from '../workload/sessions.ts';
import { askConsole, poolerInputs, withPooler } from './lab.ts';

/** The pooler was paused for maintenance and never resumed. */
export const POOLER_PAUSED: FaultKind = {
  name: 'pooler-paused',
  title: 'the pooler is paused',
  engines: ['pgbouncer'],
  async make(lab) {
    const pooled = withPooler(lab);
    const bystanders = await openBystanders(lab);
    await askConsole(pooled, 'PAUSE shop');
    return {
      layer: 'pool',
      runbook: 'pgbouncer',
      inputs: poolerInputs(pooled),
      describe: 'The database shop is paused in PgBouncer; the server behind it is well.',
      complaint: 'error: query_wait_timeout (08P01)',
      appUrl: () => lab.urls.shop,
      byHand: [],
      async check() {
        const read = await askAnew(lab, ['SELECT count(*) FROM product']);
        const collateral = read === 'works' ? await bystanders.lost() : [];
        return { gone: read === 'works', collateral, facts: { read } };
      },
      undo: once(async () => {
        await askConsole(pooled, 'RESUME shop').catch(() => {});
        await bystanders.end();
      }),
    } satisfies MadeFault;
  },
};
