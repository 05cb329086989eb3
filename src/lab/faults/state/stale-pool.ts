import type { ByHand, FaultCheck, MadeFault } from '../../fault.ts';
import { type Lab, superuserUrl } from '../../setup/lab.ts';
import { askAnew, once } from '../workload/sessions.ts';
import type { ApplicationPool } from './application-pool.ts';

/** An application's pool with ended sessions, and its undo. */
type StalePool = {
  readonly lab: Lab;
  readonly pool: ApplicationPool;
  readonly describe: string;
  readonly complaint: string;
  readonly inputs?: Readonly<Record<string, string>>;
  readonly byHand?: readonly ByHand[];
  /** Restarts the application. @default it opens its sessions again */
  readonly restart?: () => Promise<void>;
  /**
   * Awaited before the pool is checked: as long as it takes for its sessions to be ended once more.
   */
  readonly beforeCheck?: () => Promise<unknown>;
  /** Counts the sessions that also have to go. */
  readonly leftOver?: () => Promise<number>;
  /** Returns the other healthy sessions that were lost. */
  lost(): Promise<readonly string[]>;
  undo(): Promise<unknown>;
};

/** Creates the fault of a pool that hands out sessions that the server has ended. */
export function madeStale(fault: StalePool): MadeFault {
  const { lab, pool, describe, complaint, inputs, byHand = [] } = fault;
  return {
    layer: 'pool',
    runbook: 'stale-connections',
    inputs: { database_url: lab.urls.shop, admin_url: superuserUrl(lab), ...inputs },
    ...{ describe, complaint },
    appUrl: () => lab.urls.shop,
    byHand: [
      {
        name: 'restart-application',
        title: 'Restart the instances of the application, one at a time',
        do: fault.restart ?? (() => pool.recycle()),
      },
      ...byHand,
    ],
    async check(): Promise<FaultCheck> {
      await fault.beforeCheck?.();
      const failures = await pool.serve();
      const leftOver = (await fault.leftOver?.()) ?? 0;
      return {
        gone: failures.length === 0 && leftOver === 0,
        collateral: await fault.lost(),
        facts: {
          failedRequests: failures.length,
          leftOver,
          newConnection: await askAnew(lab, ['SELECT 1']),
          failure: failures[0] ?? null,
        },
      };
    },
    undo: once(async () => {
      await pool.end();
      await fault.undo();
    }),
  };
}
