import type { ByHand, MadeFault } from '../../fault.ts';
import { type Lab, superuserUrl } from '../../setup/lab.ts';
import { madeFault } from '../made-fault.ts';
import { askAnew, type Bystanders } from '../sessions.ts';
import type { ApplicationPool } from './application-pool.ts';

/** An application's pool with ended sessions, and its undo. */
type StalePool = {
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
  readonly bystanders?: Bystanders;
  /** Returns what else was lost, one sentence each. */
  readonly lost?: () => Promise<readonly string[]>;
  readonly undo?: () => Promise<unknown>;
};

/** Creates the fault of a pool that hands out sessions that the server has ended. */
export function madeStale(lab: Lab, fault: StalePool): MadeFault {
  const { pool, inputs, byHand = [] } = fault;
  return madeFault(lab, {
    ...fault,
    layer: 'pool',
    runbook: 'stale-connections',
    inputs: { admin_url: superuserUrl(lab), ...inputs },
    byHand: [
      {
        name: 'restart-application',
        title: 'Restart the instances of the application, one at a time',
        do: fault.restart ?? (() => pool.recycle()),
      },
      ...byHand,
    ],
    async check() {
      await fault.beforeCheck?.();
      const failures = await pool.serve();
      const leftOver = (await fault.leftOver?.()) ?? 0;
      return {
        gone: failures.length === 0 && leftOver === 0,
        lost: await fault.lost?.(),
        facts: {
          failedRequests: failures.length,
          leftOver,
          newConnection: await askAnew(lab, ['SELECT 1']),
          failure: failures[0] ?? null,
        },
      };
    },
    async undo() {
      await pool.end();
      await fault.undo?.();
    },
  });
}
