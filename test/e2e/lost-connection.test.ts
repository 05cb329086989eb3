import { expect, onTestFinished, test, vi } from 'vitest';
import { confirm } from './exhausted-shop.ts';
import { newOperator, type Operator } from './operator.ts';
import { connect, query, sessionsLike, shopServer } from './shop-server.ts';
import { victimsRunbook } from './victims-runbook.ts';

const shop = shopServer();

/** Ends the session the run holds, as an administrator or a failover would; `where` tells when. */
async function cutConnection(where = 'true'): Promise<void> {
  const sql = `SELECT pg_terminate_backend(pid, 5000) AS cut FROM pg_stat_activity
                WHERE application_name LIKE 'runbook/%' AND ${where}`;
  expect(await query(shop.server.superuserUrl, sql)).toEqual([{ cut: true }]);
}

function connections(kim: Operator): number {
  return kim.events('target.connected').length;
}

test('a connection lost between two steps is made again, and the record says so', async () => {
  const victim = await connect(shop.urls.shop, 'victim');
  const kim = newOperator(shop.env);
  kim.writeRunbook('victims', victimsRunbook());
  const terminal = kim.open(['run', 'victims', '--step']);
  await terminal.waitFor('── Next ──');
  terminal.press('enter');
  await terminal.waitFor('1 victims are there.');
  expect(connections(kim)).toBe(1);
  await cutConnection();
  terminal.press('enter');
  await terminal.waitFor('Type end them to run it:');
  expect(connections(kim)).toBe(2);
  await cutConnection();
  await confirm(terminal, 'end them');
  await terminal.waitFor('RESOLVED');
  expect(connections(kim)).toBe(3);
  expect(await sessionsLike(shop.server.superuserUrl, 'victim')).toEqual([]);
  await victim.end().catch(() => {});
});

test('a connection lost in a read opens the menu, and a retry works', async () => {
  const kim = newOperator(shop.env);
  kim.writeRunbook('victims', victimsRunbook({ readSeconds: 3 }));
  const terminal = kim.open(['run', 'victims', '--step'], { columns: 100, rows: 30 });
  await terminal.waitFor('── Next ──');
  terminal.press('enter');
  await terminal.waitFor('▶ Count the victims');
  // Before its statement has begun, a lost connection is made again without a word.
  await vi.waitFor(() => cutConnection("state = 'active' AND query LIKE '%AS slept%'"), 10_000);
  const menu = await terminal.waitFor('What next?');
  expect(menu).toContain('reset');
  expect(menu).toContain('terminating connection due to administrator command');
  terminal.type('r');
  await terminal.waitFor('0 victims are there.');
  const ends = kim.events('step.finished').map(({ status, error }) => [status, error?.kind]);
  expect(ends).toEqual([
    ['failed', 'reset'],
    ['succeeded', undefined],
  ]);
});

test('a connection lost in a change leaves its outcome unknown', async () => {
  const victim = await connect(shop.urls.shop, 'victim');
  const kim = newOperator(shop.env);
  kim.writeRunbook('victims', victimsRunbook({ changeSeconds: 30 }));
  const terminal = kim.open(['run', 'victims', '--auto'], { columns: 100, rows: 30 });
  await terminal.waitFor('Type end them to run it:');
  await confirm(terminal, 'end them');
  await vi.waitFor(async () => {
    expect(await sessionsLike(shop.server.superuserUrl, 'victim')).toEqual([]);
  }, 10_000);
  await cutConnection();
  await terminal.waitFor('Its check says that it took effect. Continue?');
  expect(kim.events('step.finished').slice(-2)).toMatchObject([
    { part: 'action', status: 'unknown' },
    { part: 'verify', status: 'succeeded' },
  ]);
  terminal.press('enter');
  await terminal.waitFor('RESOLVED');
  await victim.end().catch(() => {});
});

test('a confirmed change whose server takes no login any more is told as never sent', async () => {
  const role = new URL(shop.urls.oncall).username;
  const kim = newOperator(shop.env);
  kim.writeRunbook(
    'settle',
    `name: settle
title: Settle the orders
summary: Orders are not settled.
inputs: { database_url: { type: url, secret: true, env: DATABASE_URL } }
targets: { db: { database: "\${{ inputs.database_url }}" } }
on: db
steps:
  - { id: count, sql: SELECT 1 AS one }
  - { id: settle, title: Settle them, effect: change, sql: CREATE TABLE settled (), undo: { none: It stays. } }
  - { id: done, finish: { outcome: resolved, summary: They are settled. } }
`,
  );
  const terminal = kim.open(['run', 'settle', '--auto']);
  await terminal.waitFor('y run it');
  await query(shop.server.superuserUrl, `ALTER ROLE ${role} NOLOGIN`);
  onTestFinished(async () => {
    await query(shop.server.superuserUrl, `ALTER ROLE ${role} LOGIN`);
  });
  await cutConnection();
  terminal.type('y');
  await terminal.waitFor('What next?');
  terminal.type('x');
  await terminal.waitFor('Why');
  terminal.type('the server refuses us');
  terminal.press('enter');
  const page = await terminal.waitFor('ABORTED');
  expect(page).toMatch(/Changed +nothing/);
  expect(page).toMatch(/Not done +Settle them · not sent, nothing was changed/);
  terminal.press('enter');
  await terminal.exited;
  expect(terminal.history()).toMatch(/not changed: Settle them \(kim\) · not sent/);
});
