import type { FaultKind } from '../../fault.ts';
import { askAnew } from '../workload/sessions.ts';
import { openPool } from './application-pool.ts';
import { madeStale } from './stale-pool.ts';

/** The server was restarted while an application's pool was open. */
export const STALE_RESTARTED: FaultKind = {
  name: 'stale-restarted',
  title: 'The pool hands out sessions from before a restart of the server',
  engines: ['postgres', 'postgres-system', 'mariadb'],
  async make(lab) {
    const pool = await openPool(lab);
    const complaint = pool.startLongRequest();
    await lab.server.restart();
    return madeStale({
      ...{ lab, pool, complaint: await complaint },
      describe: 'The server was restarted, and the pool of shop-web keeps its old sessions.',
      // No session survives a restart: check that other users can log in again.
      async lost() {
        const served = await askAnew(lab, ['SELECT 1'], lab.urls.warehouse);
        return served === 'works' ? [] : [`the warehouse is not served: ${served}`];
      },
      undo: async () => {},
    });
  },
};
