import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import pg from 'pg';
import { afterEach, expect, test, vi } from 'vitest';
import { type PoolExhausted, startPoolExhausted } from '#lab/shop/pool-exhausted.ts';
import type { Session } from '#lab/shop/sessions.ts';
import { FAULT_NAMES, startFault } from '#lab/start-fault.ts';
import { processesIn } from '../support/lab-processes.ts';

let fault: PoolExhausted | undefined;

afterEach(async () => {
  await fault?.stop();
  fault = undefined;
});

async function started(): Promise<PoolExhausted> {
  fault = await startPoolExhausted({ idleSeconds: 1 });
  return fault;
}

async function ask<Row extends pg.QueryResultRow>(
  url: string,
  sql: string,
  values: readonly unknown[] = [],
): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

async function terminate(url: string, sessions: readonly Session[]): Promise<void> {
  const pids = sessions.map((session) => session.pid);
  await ask(url, 'SELECT pg_terminate_backend(pid, 5000) FROM unnest($1::int[]) AS pid', [pids]);
}

function shopSays(it: PoolExhausted, text: string): Promise<void> {
  return vi.waitFor(async () => expect(await readFile(it.shopLog, 'utf8')).toContain(text), {
    timeout: 10_000,
  });
}

test('an exhausted server refuses everybody but the operator on call', async () => {
  const { urls, shopLog, inputs } = await started();
  await expect(ask(urls.shop, 'SELECT 1')).rejects.toMatchObject({ code: '53300' });
  await expect(ask(urls.viewer, 'SELECT 1')).rejects.toMatchObject({ code: '53300' });
  expect(inputs).toEqual({
    database_url: urls.oncall,
    idle_for: '1s',
    idle_in_transaction_for: '1s',
  });
  const [row] = await ask(
    urls.oncall,
    `SELECT current_user AS who, count(*) FILTER (WHERE usename = 'shop')::int AS taken,
            current_setting('max_connections')::int AS of FROM pg_stat_activity`,
  );
  expect(row).toEqual({ who: 'oncall', taken: 15, of: 20 });
  expect(await readFile(shopLog, 'utf8')).toContain('requests fail: remaining connection slots');
});

test('the connections are taken by what the operator on call is told of', async () => {
  const { urls, sessions, describe } = await started();
  const rows = await ask<{ pid: number; blockers: number[]; idle: boolean }>(
    urls.oncall,
    `SELECT pid, pg_blocking_pids(pid) AS blockers,
            state = 'idle' AND now() - state_change >= interval '1s' AS idle
       FROM pg_stat_activity WHERE usename = 'shop'`,
  );
  const pidsOf = (list: readonly Session[]) => list.map((session) => session.pid).sort();
  const idle = rows.filter((row) => row.idle).map((row) => row.pid);
  expect(idle.sort()).toEqual(pidsOf(sessions.leaked));
  expect(sessions.leaked).toHaveLength(9);
  expect(sessions.healthy).toHaveLength(3);
  const waiting = rows.filter((row) => row.blockers.length > 0);
  expect(waiting.map((row) => row.pid)).toEqual(pidsOf(sessions.lockWaiter));
  expect(pidsOf(sessions.idleInTransaction)).toEqual(
    expect.arrayContaining(waiting[0]?.blockers ?? [0]),
  );
  expect(describe).toContain('9 connections');
  expect(describe).not.toContain('%24');
});

test('the shop recovers when its leaked sessions are ended', async () => {
  const it = await started();
  expect(await it.check()).toMatchObject({ gone: false, collateral: [] });
  await terminate(it.urls.oncall, it.sessions.leaked);
  await shopSays(it, 'requests are served');
  expect(await it.check()).toMatchObject({
    gone: true,
    collateral: [],
    facts: { leaked_ended: 9, idle_in_transaction_ended: 0, lock_waiters_waiting: 1 },
  });
  await terminate(it.urls.oncall, it.sessions.idleInTransaction);
  await shopSays(it, 'shop-checkout got the product it waited for');
  expect(await it.check()).toMatchObject({
    gone: true,
    collateral: [],
    facts: { idle_in_transaction_ended: 2, lock_waiters_waiting: 0, lock_waiters_ended: 0 },
  });
});

test('a check names every healthy session that was ended on the way', async () => {
  const { urls, sessions, check } = await started();
  const [victim] = sessions.healthy;
  await terminate(urls.oncall, [...sessions.lockWaiter, ...(victim ? [victim] : [])]);
  const { gone, collateral } = await check();
  expect(gone).toBe(true);
  expect(collateral).toEqual([
    `the healthy session ${victim?.pid} of shop-checkout was ended`,
    `the session ${sessions.lockWaiter[0]?.pid} of shop-checkout was ended as it waited`,
  ]);
});

test('a stopped fault leaves no process, and cannot be taken for resolved', async () => {
  const { server, shopLog, check, stop } = await started();
  expect(await processesIn(dirname(shopLog))).toContain(server.pid);
  await stop();
  expect(await processesIn(dirname(shopLog))).toEqual([]);
  expect(await check()).toMatchObject({ gone: false });
});

test('a drill that does not exist is refused with the names of those that do', async () => {
  expect(FAULT_NAMES).toContain('pool-exhausted');
  await expect(startFault('pool-exhuasted')).rejects.toMatchObject({
    code: 'usage',
    hint: expect.stringContaining('pool-exhausted'),
  });
});
