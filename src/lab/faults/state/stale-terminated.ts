import type { FaultKind } from '../../fault.ts';
import { isPostgres, type Lab } from '../../setup/lab.ts';
import { openBystanders, untilTrue } from '../workload/sessions.ts';
import { openPool } from './application-pool.ts';
import { madeStale } from './stale-pool.ts';

/** An administrator has ended the sessions of an application, whose pool has not noticed. */
export const STALE_TERMINATED: FaultKind = {
  name: 'stale-terminated',
  title: 'The pool hands out sessions that were ended on the server',
  engines: ['postgres', 'postgres-system', 'mariadb'],
  async make(lab) {
    const bystanders = await openBystanders(lab);
    const pool = await openPool(lab);
    const complaint = pool.startLongRequest();
    await endSessions(lab, pool.ids());
    await untilTrue(async () => (await pool.serve()).length === pool.ids().length);
    return madeStale({
      ...{ lab, pool, complaint: await complaint },
      describe:
        'The sessions of shop-web were ended on the server, and its pool keeps handing them out.',
      lost: () => bystanders.lost(),
      undo: () => bystanders.end(),
    });
  },
};

/** Ends sessions by their numbers, as an administrator does. */
export async function endSessions(lab: Lab, ids: readonly number[]): Promise<void> {
  const end = (id: number) =>
    isPostgres(lab) ? `SELECT pg_terminate_backend(${id})` : `KILL ${id}`;
  await lab.admin(...ids.map(end));
}
