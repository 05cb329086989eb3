import type { FaultKind, MadeFault } from '../../fault.ts';
import { isPostgres, type Lab } from '../../setup/lab.ts';
import { createMigrator } from './migrator.ts';
import {
  askAnew,
  type Bystanders,
  once,
  openBystandersAtWork,
  startWork,
  untilWaiting,
  type WorkSession,
} from './sessions.ts';

const WAITERS = 3;
const READ = 'SELECT count(*) FROM product';

/** A schema change waits for a long report, and every query of the table waits for the change. */
export const LOCKS_DDL_QUEUE: FaultKind = {
  name: 'locks-ddl-queue',
  title: 'A schema change waits for a long read, and every other session waits for the change',
  engines: ['postgres', 'postgres-system', 'mariadb'],
  async make(lab) {
    const bystanders = await openBystandersAtWork(lab);
    const migrator = await createMigrator(lab);
    const slowly = isPostgres(lab) ? 'pg_sleep(600)' : 'sleep(600)';
    const report = await startWork(lab, 'shop-report', [`SELECT ${slowly} FROM product LIMIT 1`]);
    const change = 'ALTER TABLE product ADD COLUMN note varchar(40)';
    const ddl = await startWork(lab, 'shop-migrate', [change], migrator.url);
    await untilWaiting(lab, 1);
    const waiters = await Promise.all(
      Array.from({ length: WAITERS }, () => startWork(lab, 'shop-web', [READ])),
    );
    await untilWaiting(lab, 1 + WAITERS);
    return {
      layer: 'work',
      runbook: 'lock-contention',
      inputs: { database_url: lab.urls.shop, admin_url: lab.urls.oncall, waiting_for: '0s' },
      describe: `shop-report reads product for minutes, shop-migrate waits to change that table, and ${WAITERS} sessions of shop-web wait behind it.`,
      complaint: isPostgres(lab)
        ? 'psycopg2.errors.LockNotAvailable: canceling statement due to lock timeout'
        : '1205 (HY000): Lock wait timeout exceeded; try restarting transaction (Waiting for table metadata lock)',
      appUrl: () => lab.urls.shop,
      byHand: [],
      check: () => check(lab, waiters, [report], bystanders),
      undo: once(async () => {
        await endByForce(lab, [report, ddl, ...waiters]);
        await lab.admin(`ALTER TABLE ${tableOf(lab)} DROP COLUMN IF EXISTS note`);
        await migrator.remove();
        await bystanders.end();
      }),
    } satisfies MadeFault;
  },
};

/** Returns the name of the shop's table for the superuser. */
export function tableOf(lab: Lab): string {
  return isPostgres(lab) ? 'product' : 'shop.product';
}

/**
 * Ends sessions whose statement may still run. On PostgreSQL it waits until the server has released
 * them.
 */
export async function endByForce(lab: Lab, sessions: readonly WorkSession[]): Promise<void> {
  for (const { client } of sessions) {
    const end = isPostgres(lab)
      ? `SELECT pg_terminate_backend(${client.id}, 5000) FROM pg_stat_activity WHERE pid = ${client.id}`
      : `KILL ${client.id}`;
    await lab.admin(end).catch(() => {});
    await client.end();
  }
}

async function check(
  lab: Lab,
  waiters: readonly WorkSession[],
  readers: readonly WorkSession[],
  bystanders: Bystanders,
) {
  const impatient = isPostgres(lab)
    ? `SET lock_timeout = '200ms'`
    : 'SET SESSION lock_wait_timeout = 1';
  const read = await askAnew(lab, [impatient, READ]);
  const served = waiters.filter(({ outcome }) => outcome() === 'done').length;
  const hurt = waiters.filter(({ outcome }) => !['done', 'running'].includes(outcome()));
  return {
    gone: read === 'works' && served === waiters.length,
    collateral: [
      ...(await bystanders.lost()),
      ...hurt.map(({ outcome }) => `a waiting query of shop-web failed: ${outcome()}`),
      ...readers
        .filter(({ outcome }) => outcome() !== 'running')
        .map(({ name }) => `${name} was ended, although it stood in nobody's way`),
    ],
    facts: { read, served, waiters: waiters.length },
  };
}
