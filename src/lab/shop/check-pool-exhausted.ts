import pg from 'pg';
import type { FaultCheck } from '../fault.ts';
import type { PostgresServer } from '../servers/postgres-server.ts';
import type { ShopUrls } from './database.ts';
import { missingFrom, readShopSessions, type Session, type ShopSessions } from './sessions.ts';

const LOGIN_WITHIN_MS = 5_000;

/**
 * Checks the shop's server from outside: the fault is resolved if the application's role can log in
 * and read. Sessions of `shop-checkout` were healthy, or waited for the lock: each one that ended
 * is collateral. Those of `shop-web` may end.
 */
export async function checkPoolExhausted(lab: {
  readonly server: PostgresServer;
  readonly urls: ShopUrls;
  readonly sessions: ShopSessions;
}): Promise<FaultCheck> {
  const { sessions: before } = lab;
  const login = await logInAnew(lab.urls.shop);
  const now = await readShopSessions(lab.server.superuserUrl).catch(messageOf);
  if (typeof now === 'string')
    return { gone: false, collateral: [], facts: { ordinary_login: login, sessions: now } };
  const lost = (sessions: readonly Session[]) => missingFrom(now, sessions);
  const lostHealthy = lost(before.healthy);
  const lostWaiters = lost(before.lockWaiter);
  return {
    gone: login === 'works',
    collateral: [
      ...lostHealthy.map(({ pid }) => `the healthy session ${pid} of shop-checkout was ended`),
      ...lostWaiters.map(({ pid }) => `the session ${pid} of shop-checkout was ended as it waited`),
    ],
    facts: {
      ordinary_login: login,
      leaked: before.leaked.length,
      leaked_ended: lost(before.leaked).length,
      idle_in_transaction: before.idleInTransaction.length,
      idle_in_transaction_ended: lost(before.idleInTransaction).length,
      lock_waiters: before.lockWaiter.length,
      lock_waiters_ended: lostWaiters.length,
      lock_waiters_waiting: now.lockWaiter.length,
      healthy: before.healthy.length,
      healthy_ended: lostHealthy.length,
    },
  };
}

/** Logs in and reads. Returns `works`, or the error. */
async function logInAnew(url: string): Promise<string> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'lab-login',
    connectionTimeoutMillis: LOGIN_WITHIN_MS,
    query_timeout: LOGIN_WITHIN_MS,
  });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT count(*) FROM product');
    return 'works';
  } catch (error) {
    return messageOf(error);
  } finally {
    await client.end().catch(() => {});
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
