import { setTimeout as sleep } from 'node:timers/promises';
import { SERVERS } from '../../engines.ts';
import type { FaultKind } from '../../fault.ts';
import { isPostgres, type Lab } from '../../setup/lab.ts';
import { askAnew, openBystanders, untilTrue } from '../sessions.ts';
import { openApplicationPool } from './application-pool.ts';
import { madeStale } from './stale-pool.ts';

/** An administrator has ended the sessions of an application, whose pool has not noticed. */
const TERMINATED: FaultKind = {
  name: 'stale-terminated',
  title: 'The pool hands out sessions that were ended on the server',
  engines: SERVERS,
  async make(lab) {
    const bystanders = await openBystanders(lab);
    const pool = await openApplicationPool(lab);
    const complaint = pool.startLongRequest();
    await endSessions(lab, pool.ids());
    await untilTrue(async () => (await pool.serve()).length === pool.ids().length);
    return madeStale(lab, {
      ...{ pool, bystanders, complaint: await complaint },
      describe:
        'The sessions of shop-web were ended on the server, and its pool keeps handing them out.',
    });
  },
};

/** Ends sessions by their numbers, as an administrator does. */
async function endSessions(lab: Lab, ids: readonly number[]): Promise<void> {
  const end = (id: number) =>
    isPostgres(lab) ? `SELECT pg_terminate_backend(${id})` : `KILL ${id}`;
  await lab.admin(...ids.map(end));
}

/** The server was restarted while an application's pool was open. */
const RESTARTED: FaultKind = {
  name: 'stale-restarted',
  title: 'The pool hands out sessions from before a restart of the server',
  engines: SERVERS,
  async make(lab) {
    const pool = await openApplicationPool(lab);
    await lab.server.restart();
    const [complaint = ''] = await pool.serve();
    return madeStale(lab, {
      ...{ pool, complaint },
      describe: 'The server was restarted, and the pool of shop-web keeps its old sessions.',
      // No session survives a restart: check that other users can log in again.
      async lost() {
        const served = await askAnew(lab, ['SELECT 1'], lab.urls.warehouse);
        return served === 'works' ? [] : [`the warehouse is not served: ${served}`];
      },
    });
  },
};

const CUT_MS = 1_000;
/** Half of the server's limit, as the runbook recommends. */
const LONGEST_IDLE_MS = CUT_MS / 2;
const UNTIL_CUT_MS = CUT_MS + 500;

/** The server ends idle sessions before the pool does. */
const IDLE_CUT: FaultKind = {
  name: 'stale-idle-cut',
  title: 'The server ends idle sessions before the pool does',
  engines: SERVERS,
  async make(lab) {
    // MariaDB's limit applies to every user, PostgreSQL's to the shop only.
    const bystanders = await openBystanders(lab);
    await setCut(lab);
    const pool = await openApplicationPool(lab);
    let complaint = '';
    await untilTrue(async () => {
      await sleep(UNTIL_CUT_MS);
      [complaint = ''] = await pool.serve();
      return complaint !== '';
    });
    return madeStale(lab, {
      ...{ pool, bystanders, complaint },
      describe: `The server ends sessions that are idle for ${CUT_MS} ms; the pool of shop-web keeps them forever.`,
      byHand: [
        {
          name: 'set-longest-idle',
          title: 'Set the pool’s longest idle time below the server’s, and restart the application',
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
      undo: () => resetCut(lab),
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

/** MariaDB counts whole seconds: a session idle for a moment across their boundary has 1. */
const IDLE_SECONDS = 2;

/**
 * After a deployment, old instances left their sessions behind, and those of the new one were
 * ended.
 */
const AFTER_DEPLOY: FaultKind = {
  name: 'stale-after-deploy',
  title: 'Old instances left their sessions behind, and the new one has dead ones',
  engines: SERVERS,
  async make(lab) {
    const bystanders = await openBystanders(lab, ['warehouse', 'oncall']);
    const gone = await openApplicationPool(lab, { name: 'shop-v41' });
    const pool = await openApplicationPool(lab, { name: 'shop-v42' });
    const complaint = pool.startLongRequest();
    await endSessions(lab, pool.ids());
    await untilTrue(async () => (await pool.serve()).length === pool.ids().length);
    await sleep(IDLE_SECONDS * 1_100);
    return madeStale(lab, {
      ...{ pool, bystanders, complaint: await complaint },
      inputs: { idle_for: `${IDLE_SECONDS}s` },
      describe: 'shop-v41 is gone and its sessions are open; those of shop-v42 were ended.',
      // The new instance is in use again at once.
      async restart() {
        await pool.recycle();
        pool.startLoad();
      },
      leftOver: () => countSessions(lab, gone.ids()),
      undo: () => gone.end(),
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

/** Faults of a pool that hands out sessions that the server has ended. */
export const STALE_FAULTS = [TERMINATED, RESTARTED, IDLE_CUT, AFTER_DEPLOY];
