import type { FaultKind, MadeFault } from '../../fault.ts';
import { isPostgres, type Lab } from '../../setup/lab.ts';
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
const TAKE_ONE = 'UPDATE product SET stock = stock - 1 WHERE id = 1';

/** An abandoned transaction holds a row that every order needs. */
export const LOCKS_IDLE_BLOCKER: FaultKind = {
  name: 'locks-idle-blocker',
  title: 'An idle transaction holds a row that others wait for',
  engines: ['postgres', 'postgres-system', 'mariadb'],
  async make(lab) {
    const bystanders = await openBystandersAtWork(lab);
    const patience = isPostgres(lab) ? [] : ['SET SESSION innodb_lock_wait_timeout = 600'];
    const blocker = await lab.open(lab.urls.shop, { name: 'shop-backoffice' });
    await blocker.ask('BEGIN');
    await blocker.ask(TAKE_ONE);
    const waiters = await Promise.all(
      Array.from({ length: WAITERS }, () => startWork(lab, 'shop-web', [...patience, TAKE_ONE])),
    );
    await untilWaiting(lab, WAITERS);
    return {
      layer: 'work',
      runbook: 'lock-contention',
      inputs: { database_url: lab.urls.shop, admin_url: lab.urls.oncall, waiting_for: '0s' },
      describe: `shop-backoffice has changed product 1 and not committed; ${WAITERS} sessions of shop-web wait for that row.`,
      complaint: isPostgres(lab)
        ? 'ERROR: 55P03: canceling statement due to lock timeout'
        : 'ERROR 1205 (HY000): Lock wait timeout exceeded; try restarting transaction',
      appUrl: () => lab.urls.shop,
      byHand: [],
      check: () => check(lab, waiters, bystanders),
      undo: once(async () => {
        // The blocker first: the waiting sessions can then end cleanly.
        await blocker.end();
        for (const { client } of waiters) await client.end();
        await bystanders.end();
      }),
    } satisfies MadeFault;
  },
};

async function check(lab: Lab, waiters: readonly WorkSession[], bystanders: Bystanders) {
  const impatient = isPostgres(lab)
    ? `SET lock_timeout = '200ms'`
    : 'SET SESSION innodb_lock_wait_timeout = 1';
  const order = await askAnew(lab, [impatient, TAKE_ONE]);
  const served = waiters.filter(({ outcome }) => outcome() === 'done').length;
  const hurt = waiters.filter(({ outcome }) => !['done', 'running'].includes(outcome()));
  return {
    gone: order === 'works' && served === waiters.length,
    collateral: [
      ...(await bystanders.lost()),
      ...hurt.map(({ outcome }) => `a waiting order of shop-web failed: ${outcome()}`),
    ],
    facts: { order, served, waiters: waiters.length },
  };
}
