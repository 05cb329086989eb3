import { expect, test, vi } from 'vitest';
import { missingFrom, readShopSessions } from '#lab/shop/sessions.ts';
import { alteredRunbook, confirm, exhaustedShop, goToGate } from './exhausted-shop.ts';
import { newOperator, type Operator } from './operator.ts';
import { query } from './shop-server.ts';
import type { OpenTerminal } from './terminal.ts';

const shop = exhaustedShop({ idleSeconds: 1 });
const UNCHANGED = /9 sessions to terminate · read \d+ s ago, unchanged \d s ago/;

async function ended(): Promise<number> {
  const sessions = await readShopSessions(shop.lab.server.superuserUrl);
  return missingFrom(sessions, shop.lab.sessions.leaked).length;
}

/** Opens a gate whose rows expire after two seconds, and waits for its first refresh. */
async function openGate(): Promise<readonly [Operator, OpenTerminal]> {
  const kim = newOperator(shop.env);
  kim.writeRunbook('pool-exhausted', alteredRunbook(['fresh_for: 30s', 'fresh_for: 2s']));
  const terminal = kim.open(shop.args, { columns: 100, rows: 40 });
  await goToGate(terminal);
  await terminal.toTheEnd();
  return [kim, terminal];
}

test('a gate whose process is killed between two refreshes is shown again', async () => {
  const [kim, terminal] = await openGate();
  await terminal.waitFor(UNCHANGED);
  terminal.kill('SIGKILL');
  await terminal.exited;
  const again = kim.open(['resume'], { columns: 100, rows: 40 });
  await again.waitFor(/9 sessions to terminate[\s\S]*Type shop to run it:/);
  expect(await ended()).toBe(0);
});

test('a gate stays open when its connection is cut while it is refreshed, and runs nothing', async () => {
  const [kim, terminal] = await openGate();
  await query(
    shop.lab.server.superuserUrl,
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
      WHERE application_name LIKE 'runbook/%'`,
  );
  await terminal.waitFor(/The rows could not be read again: |unchanged \d s ago/);
  expect(kim.events('gate.answered')).toEqual([]);
  expect(await ended()).toBe(0);
});

test('rows that change while the gate is open are shown, and what was typed counts for nothing', async () => {
  const [kim, terminal] = await openGate();
  terminal.type('sho');
  await terminal.waitFor('run it: sho▏');
  const [, victim] = shop.lab.sessions.leaked;
  await query(shop.lab.server.superuserUrl, 'SELECT pg_terminate_backend($1, 5000)', [victim?.pid]);
  const screen = await terminal.waitFor(`since then: 1 gone: ${victim?.pid}`, 15_000);
  expect(screen).toMatch(/8 sessions to terminate[\s\S]*Type shop to run it: ▏/);
  expect(kim.events('gate.refreshed').map(({ status }) => status)).toContain('changed');
  expect(kim.events('gate.answered')).toMatchObject([{ answer: 'refresh', automatic: true }]);
  expect(await ended()).toBe(1);
});

test('a phrase that is half typed survives a refresh that finds the same rows', async () => {
  const [kim, terminal] = await openGate();
  terminal.type('sh');
  await terminal.waitFor(
    /8 sessions to terminate · read \d+ s ago, unchanged \d s ago[\s\S]*run it: sh▏/,
  );
  expect(kim.events('gate.opened')).toHaveLength(1);
  terminal.type('op');
  terminal.press('enter');
  await terminal.waitFor('Terminate abandoned transactions');
  await vi.waitFor(async () => expect(await ended()).toBe(9), 10_000);
  const [answer] = kim.events('gate.answered');
  expect(answer?.answer).toBe('confirmed');
  expect(answer?.previewAgeMs).toBeLessThan(10_000);
  await confirm(terminal);
  await terminal.waitFor('RESOLVED');
});
