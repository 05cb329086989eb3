import type pg from 'pg';
import { afterEach, expect, test, vi } from 'vitest';
import { newOperator, type Operator } from './operator.ts';
import { connect, query, sessionsLike, shopServer } from './shop-server.ts';
import type { OpenTerminal } from './terminal.ts';

const shop = shopServer();
const victims: pg.Client[] = [];

afterEach(async () => {
  await Promise.all(victims.splice(0).map((victim) => victim.end().catch(() => {})));
});

const RUNBOOK = `name: waits
title: Something waits
summary: Something waits.
inputs: { database_url: { type: url, secret: true, env: DATABASE_URL } }
targets:
  db: { database: '\${{ inputs.database_url }}' }
  app: { local: true }
steps:
  - { id: look, title: Look at it, manual: Look at the server. }
  - { id: done, finish: { outcome: resolved, summary: Done } }
`;

function start(options: readonly string[] = []): readonly [Operator, OpenTerminal] {
  const kim = newOperator(shop.env);
  kim.writeRunbook('waits', RUNBOOK);
  return [kim, kim.open(['run', 'waits', '--step', ...options], { columns: 110, rows: 32 })];
}

/** Enters a command on the first target, the database. */
async function enter(terminal: OpenTerminal, sql: string): Promise<void> {
  await terminal.waitFor('Is it done?');
  terminal.type('!');
  await terminal.waitFor('Run a command on which target?');
  terminal.press('enter');
  await terminal.waitFor('SQL on db');
  terminal.type(sql);
  terminal.press('enter');
}

const END_VICTIMS =
  "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'victim'";

function livingVictims(): Promise<readonly number[]> {
  return sessionsLike(shop.server.superuserUrl, 'victim');
}

test('the rows of a read are shown, whole in the pager, and the run waits as before', async () => {
  const [kim, terminal] = start();
  await enter(terminal, "SELECT n, 'row ' || n AS said FROM generate_series(1, 60) AS n");
  await terminal.waitFor('Command !1 on db');
  await terminal.waitFor('row 12');
  terminal.type('o');
  await terminal.waitFor('action');
  terminal.type('G');
  await terminal.waitFor('row 60');
  terminal.press('escape');
  await terminal.waitFor('Is it done?');
  terminal.type('!');
  await terminal.waitFor('Run a command on which target?');
  terminal.press('down');
  terminal.press('enter');
  await terminal.waitFor('Shell script on app');
  terminal.type("seq -f 'line %g of it' 1 300");
  terminal.press('enter');
  await terminal.waitFor('line 300 of it');
  terminal.type('o');
  await terminal.waitFor('line 1 of it');
  const transcript = (await kim.run(['transcript'])).stdout;
  expect(transcript).toContain('**kim entered an ad-hoc command**, `!1` on `db` (read)');
  expect(transcript).toContain('row 60');
});

test('what destroys is declined, and then confirmed by the name of its database', async () => {
  victims.push(await connect(shop.urls.shop, 'victim'));
  const [kim, terminal] = start();
  await enter(terminal, END_VICTIMS);
  await terminal.waitFor('Type shop to run it:');
  const screen = terminal.text();
  expect(screen).toContain('DESTRUCTIVE');
  expect(screen).toContain('kim on db · postgres oncall@127.0.0.1');
  expect(screen).toContain('! It destroys: pg_terminate_backend()');
  terminal.type('app');
  terminal.press('enter');
  await terminal.waitFor('Nothing was run: “app” is not the phrase.');
  terminal.press('escape');
  await terminal.waitFor('Why not?');
  terminal.press('enter');
  await terminal.waitFor('declined');
  expect(await livingVictims()).toHaveLength(1);
  terminal.press('escape');
  await enter(terminal, END_VICTIMS);
  await terminal.waitFor('Type shop to run it:');
  terminal.type('shop');
  terminal.press('enter');
  await terminal.waitFor('Command !2 on db');
  await vi.waitFor(async () => expect(await livingVictims()).toEqual([]), 10_000);
  const transcript = (await kim.run(['transcript'])).stdout;
  expect(transcript).toContain('### Action 1: Command !1 on db (declined)');
  expect(transcript).toContain('### Action 2: Command !2 on db (succeeded)');
  expect(transcript).toContain('**kim confirmed**');
  expect((await kim.run(['transcript', 'verify'])).code).toBe(0);
});

test('one that ran as the program was killed has an unknown outcome, and is not run again', async () => {
  victims.push(await connect(shop.urls.shop, 'victim'));
  const [kim, terminal] = start();
  await enter(terminal, `${END_VICTIMS} UNION ALL SELECT pg_sleep(2) IS NULL`);
  await terminal.waitFor('Type shop to run it:');
  terminal.type('shop');
  terminal.press('enter');
  await vi.waitFor(async () => expect(await livingVictims()).toEqual([]), 10_000);
  terminal.kill('SIGKILL');
  await terminal.exited;
  victims.push(await connect(shop.urls.shop, 'victim'));
  const again = kim.open(['resume'], { columns: 110, rows: 32 });
  await again.waitFor('the program ended while it ran, and what it did is not known');
  expect(again.text()).toContain('? Command !1 on db');
  again.press('escape');
  await again.waitFor('Is it done?');
  expect(kim.events('step.started')).toHaveLength(1);
  expect(kim.events('step.finished')).toMatchObject([{ step: '!1', status: 'unknown' }]);
  const atWork = `SELECT query FROM pg_stat_activity WHERE application_name LIKE 'runbook/%' AND state = 'active'`;
  await vi.waitFor(async () => {
    expect(await query(shop.server.superuserUrl, atWork)).toEqual([]);
  }, 10_000);
  expect(await livingVictims()).toHaveLength(1);
  expect((await kim.run(['transcript'])).stdout).toMatch(/Action 1: .*outcome unknown/);
});

test('in plain mode the same is asked and shown as lines', async () => {
  const [kim, terminal] = start(['--plain']);
  await terminal.waitFor('! command');
  terminal.type('!\r');
  await terminal.waitFor('on target number');
  terminal.type('2\r');
  await terminal.waitFor('script on app:');
  terminal.type('seq 3 | wc -l\r');
  await terminal.waitFor(
    /kim entered an ad-hoc command, !1 on app \(read\)[\s\S]*done in [\s\S]* 3\n/,
  );
  await terminal.waitFor(/done in [\s\S]*not done[\s\S]*o output: /);
  terminal.type('!\r');
  await terminal.waitFor(/on target number[\s\S]*on target number/);
  terminal.type('1\r');
  await terminal.waitFor('SQL on db:');
  terminal.type('DROP TABLE nothing\r');
  await terminal.waitFor('Type shop to run it');
  terminal.type('yes\r');
  await terminal.waitFor(/Nothing was run\.[\s\S]*Type shop to run it[\s\S]*o output: /);
  terminal.type('x\r');
  await terminal.waitFor('Why not?');
  terminal.press('enter');
  await terminal.waitFor('kim declined');
  expect(kim.events('step.started').map(({ step }) => step)).toEqual(['!1']);
});
