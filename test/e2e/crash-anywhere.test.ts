import { basename } from 'node:path';
import type pg from 'pg';
import { afterEach, expect, test, vi } from 'vitest';
import { newOperator, type Operator } from './operator.ts';
import { connect, query, sessionsLike, shopServer } from './shop-server.ts';
import type { OpenTerminal } from './terminal.ts';
import { victimsRunbook } from './victims-runbook.ts';

const shop = shopServer();
let victim: pg.Client | undefined;

afterEach(async () => {
  await victim?.end().catch(() => {});
  victim = undefined;
});

async function kill(terminal: OpenTerminal): Promise<void> {
  terminal.kill('SIGKILL');
  await terminal.exited;
}

function effectsOf(kim: Operator): readonly string[] {
  return kim.events('step.started').map(({ part, effect }) => `${part} ${effect}`);
}

test('a run killed as it waits to start waits there again', async () => {
  const kim = newOperator(shop.env);
  kim.writeRunbook('victims', victimsRunbook());
  const first = kim.open(['run', 'victims', '--step']);
  await first.waitFor('── Next ──');
  await kill(first);
  const second = kim.open(['resume']);
  await second.waitFor(/── Next ──[\s\S]*▸ Count the victims/);
  expect(effectsOf(kim)).toEqual([]);
  await vi.waitFor(() => expect(kim.events('run.resumed')).toHaveLength(1));
  second.press('enter');
  await second.waitFor('0 victims are there.');
});

test('a run killed in a read reads again', async () => {
  const kim = newOperator(shop.env);
  kim.writeRunbook('victims', victimsRunbook({ readSeconds: 2 }));
  const first = kim.open(['run', 'victims', '--step']);
  await first.waitFor('── Next ──');
  first.press('enter');
  await first.waitFor('▶ Count the victims');
  await kill(first);
  const second = kim.open(['resume']);
  await second.waitFor('0 victims are there.');
  expect(effectsOf(kim)).toEqual(['action read', 'action read']);
});

test('a run killed at the gate asks again, with fresh rows', async () => {
  victim = await connect(shop.urls.shop, 'victim');
  const kim = newOperator(shop.env);
  kim.writeRunbook('victims', victimsRunbook());
  const first = kim.open(['run', 'victims', '--auto']);
  await first.waitFor('Type end them to run it:');
  first.type('end the');
  await first.waitFor('end the▏');
  await kill(first);
  const more = await connect(shop.urls.shop, 'victim');
  const second = kim.open(['resume']);
  await second.waitFor(/2 sessions to terminate[\s\S]*Type end them to run it:/);
  expect(kim.events('gate.opened')).toHaveLength(2);
  expect(await sessionsLike(shop.server.superuserUrl, 'victim')).toHaveLength(2);
  await more.end();
});

test('a statement of a killed run is no longer at work when the server notices', async () => {
  const kim = newOperator(shop.env);
  kim.writeRunbook('victims', victimsRunbook({ readSeconds: 2 }));
  const terminal = kim.open(['run', 'victims', '--auto']);
  await terminal.waitFor('▶ Count the victims');
  await kill(terminal);
  await vi.waitFor(async () => {
    const left = await query(
      shop.server.superuserUrl,
      `SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'runbook/%'`,
    );
    expect(left).toEqual([]);
  }, 15_000);
});

test('a run that another process still has cannot be resumed beside it', async () => {
  const kim = newOperator(shop.env);
  kim.writeRunbook('victims', victimsRunbook());
  const first = kim.open(['run', 'victims', '--step']);
  await first.waitFor('── Next ──');
  const { code, stderr } = await kim.run(['resume', basename(kim.runFolder()), '--plain']);
  expect(code).toBe(5);
  expect(stderr).toContain(`being written by process ${first.pid}`);
});
