import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { environmentError, messageOf } from '#errors.ts';
import type { Fault, FaultCheck } from '../fault.ts';
import { programFile } from '../programs/file.ts';
import { ownProgram } from '../programs/own-process.ts';
import { type Keeper, startKeeper } from '../servers/keeper.ts';
import { type PostgresServer, startPostgres } from '../servers/postgres.ts';
import type { PostgresSource } from '../servers/postgres-binaries.ts';
import type { ServerSettings } from '../servers/postgres-cluster.ts';
import { createShop, RESERVED_SLOTS_SINCE, type ShopUrls } from './database.ts';
import { missingFrom, readShopSessions, type Session, type ShopSessions } from './sessions.ts';

/** The options of the fault. */
type PoolExhaustedOptions = {
  /** The fault is complete when every leaked session has been idle for this long. @default 5 */
  readonly idleSeconds?: number;
  /** The source of PostgreSQL; the npm package, else the system's, if undefined. */
  readonly binaries?: PostgresSource;
};

/** A server with no ordinary connection left, and the shop that took them. */
export type PoolExhausted = Fault & {
  readonly keeper: Keeper;
  readonly server: PostgresServer;
  readonly urls: ShopUrls;
  /** The shop's sessions when the fault was complete. */
  readonly sessions: ShopSessions;
  /** The shop's log: a line for every change it notices. */
  readonly shopLog: string;
};

const MAX_CONNECTIONS = 20;
const SUPERUSER_RESERVED = 3;
const RESERVED = 2;
const FULL_WITHIN_MS = 30_000;
const POLL_MS = 50;

/** Starts a server with 20 connections and a shop that takes all but the reserved ones. */
export async function startPoolExhausted(
  options: PoolExhaustedOptions = {},
): Promise<PoolExhausted> {
  const { idleSeconds = 5, ...source } = options;
  const keeper = await startKeeper();
  try {
    const server = await startPostgres({ ...source, keeper, settings });
    const urls = await createShop(server);
    const shopLog = join(keeper.folder, 'shop.log');
    await fillUp(keeper, urls.shop, shopLog);
    const sessions = await waitUntilIdle(server.superuserUrl, idleSeconds);
    return {
      layer: 'capacity',
      runbook: 'pool-exhausted',
      complaint:
        'FATAL: 53300: remaining connection slots are reserved for roles with the SUPERUSER attribute',
      appUrl: () => urls.shop,
      byHand: [],
      inputs: {
        database_url: urls.oncall,
        idle_for: `${idleSeconds}s`,
        idle_in_transaction_for: `${idleSeconds}s`,
      },
      describe: describe(server, sessions),
      keeper,
      server,
      urls,
      sessions,
      shopLog,
      check: () => checkPoolExhausted({ server, urls, sessions }),
      stop: () => keeper.close(),
    };
  } catch (error) {
    await keeper.close();
    throw error;
  }
}

function settings(majorVersion: number): ServerSettings {
  return {
    max_connections: MAX_CONNECTIONS,
    superuser_reserved_connections: SUPERUSER_RESERVED,
    ...(majorVersion >= RESERVED_SLOTS_SINCE ? { reserved_connections: RESERVED } : {}),
  };
}

async function fillUp(keeper: Keeper, shopUrl: string, logFile: string): Promise<void> {
  const [file, ...args] = ownProgram(fileURLToPath(programFile('shop')));
  const shop = await keeper.run({
    file,
    args,
    env: { PATH: process.env.PATH ?? '', SHOP_URL: shopUrl },
    logFile,
    stopSignal: 'SIGTERM',
  });
  const ended = shop.exited.then(() => true);
  const deadline = Date.now() + FULL_WITHIN_MS;
  for (;;) {
    const log = await readFile(logFile, 'utf8');
    if (log.includes('every connection is taken')) return;
    const over = await Promise.race([ended, sleep(POLL_MS, Date.now() > deadline)]);
    if (over) throw environmentError(`the shop did not fill the server: ${log.trim()}`);
  }
}

async function waitUntilIdle(superuserUrl: string, seconds: number): Promise<ShopSessions> {
  for (;;) {
    const sessions = await readShopSessions(superuserUrl);
    if (sessions.leaked.length === 0) throw environmentError('the shop has leaked no connection');
    if (sessions.idleSeconds >= seconds) return sessions;
    await sleep((seconds - sessions.idleSeconds) * 1_000 + POLL_MS);
  }
}

function describe(server: PostgresServer, sessions: ShopSessions): string {
  const { leaked, idleInTransaction, lockWaiter, healthy } = sessions;
  return [
    `PostgreSQL ${server.version} on ${server.host}:${server.port} has ${MAX_CONNECTIONS} connections, and the shop has taken all that are not reserved.`,
    `shop-web keeps ${leaked.length} connections that it does not use, and has left ${idleInTransaction.length} transactions open.`,
    `shop-checkout works on ${healthy.length} connections, which have to survive, and on ${lockWaiter.length} more it waits for a row that one of those transactions holds.`,
    'You log in as "oncall", who may use a reserved connection and end sessions of others.',
  ].join('\n');
}

const LOGIN_WITHIN_MS = 5_000;

/**
 * Checks the shop's server from outside: the fault is resolved if the application's role can log in
 * and read. Sessions of `shop-checkout` were healthy, or waited for the lock: each one that ended
 * is collateral. Those of `shop-web` may end.
 */
async function checkPoolExhausted(lab: {
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
