import { setTimeout as sleep } from 'node:timers/promises';
import type { FaultKind } from '../../fault.ts';
import { isPostgres, type Lab } from '../../setup/lab.ts';
import { openBystanders, untilTrue } from '../workload/sessions.ts';
import { openPool } from './application-pool.ts';
import { madeStale } from './stale-pool.ts';

const CUT_MS = 1_000;
/** Half of the server's limit, as the runbook recommends. */
const LONGEST_IDLE_MS = CUT_MS / 2;
const UNTIL_CUT_MS = CUT_MS + 500;

/** The server ends idle sessions before the pool does. */
export const STALE_IDLE_CUT: FaultKind = {
  name: 'stale-idle-cut',
  title: 'The server ends idle sessions before the pool does',
  engines: ['postgres', 'postgres-system', 'mariadb'],
  async make(lab) {
    // MariaDB's limit applies to every user, PostgreSQL's to the shop only.
    const bystanders = await openBystanders(lab);
    await setCut(lab);
    const pool = await openPool(lab);
    let complaint = '';
    await untilTrue(async () => {
      await sleep(UNTIL_CUT_MS);
      [complaint = ''] = await pool.serve();
      return complaint !== '';
    });
    return madeStale({
      ...{ lab, pool, complaint },
      describe: `The server ends sessions that are idle for ${CUT_MS} ms; the pool of shop-web keeps them for ever.`,
      byHand: [
        {
          name: 'set-longest-idle',
          title:
            'Set the pool’s longest idle time below the server’s, and restart the application.',
          async do() {
            pool.keepIdleAtMost(LONGEST_IDLE_MS);
            await pool.recycle();
            pool.startLoad();
          },
        },
      ],
      async beforeCheck() {
        await pool.pauseLoad();
        await sleep(UNTIL_CUT_MS);
      },
      lost: () => bystanders.lost(),
      async undo() {
        await bystanders.end();
        await resetCut(lab);
      },
    });
  },
};

async function setCut(lab: Lab): Promise<void> {
  await lab.admin(
    isPostgres(lab)
      ? `ALTER ROLE shop SET idle_session_timeout = ${CUT_MS}`
      : `SET GLOBAL wait_timeout = ${CUT_MS / 1_000}`,
  );
}

async function resetCut(lab: Lab): Promise<void> {
  await lab.admin(
    isPostgres(lab)
      ? 'ALTER ROLE shop RESET idle_session_timeout'
      : 'SET GLOBAL wait_timeout = DEFAULT',
  );
}
