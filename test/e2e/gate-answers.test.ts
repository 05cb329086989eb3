import { expect, onTestFinished, test, vi } from 'vitest';
import type { ShopSessions } from '#lab/shop/sessions.ts';
import { missingFrom, readShopSessions } from '#lab/shop/sessions.ts';
import { alteredRunbook, confirm, exhaustedShop, goToGate } from './exhausted-shop.ts';
import { newOperator, type Operator } from './operator.ts';
import { connect, query } from './shop-server.ts';
import type { OpenTerminal } from './terminal.ts';

const shop = exhaustedShop({ idleSeconds: 1 });

function shopSessions(): Promise<ShopSessions> {
  return readShopSessions(shop.lab.server.superuserUrl);
}

async function endedSessions(): Promise<number> {
  return missingFrom(await shopSessions(), shop.lab.sessions.leaked).length;
}

/** Opens the gate of the shipped runbook, or of an altered one. */
async function openGate(altered?: string): Promise<readonly [Operator, OpenTerminal]> {
  const kim = newOperator(shop.env);
  if (altered !== undefined) kim.writeRunbook('pool-exhausted', altered);
  const terminal = kim.open(shop.args, { columns: 100, rows: 40 });
  await goToGate(terminal);
  return [kim, terminal];
}

test('a wrong phrase runs nothing, and says so', async () => {
  const [kim, terminal] = await openGate();
  for (const wrong of ['shp', 'SHOP', 'y']) {
    await confirm(terminal, wrong);
    await terminal.waitFor(`Nothing was run: “${wrong}” is not the phrase.`);
    terminal.press('ctrl-u');
    await terminal.waitFor(/Type shop to run it: ▏/);
  }
  terminal.press('enter');
  await terminal.waitFor('Nothing was run: type shop first.');
  expect(await endedSessions()).toBe(0);
  expect(kim.events('step.started').filter(({ effect }) => effect !== 'read')).toEqual([]);
});

test('the gate shows what will run, where, on which rows, for whom, and how to undo it', async () => {
  const [, terminal] = await openGate();
  const screen = terminal.text();
  expect(screen).toContain('DESTRUCTIVE');
  expect(screen).toContain(`kim on db · postgres oncall@127.0.0.1:${shop.lab.server.port}/shop`);
  expect(screen).toContain('SELECT pid, pg_terminate_backend(pid) AS ended');
  expect(screen).toMatch(/9 sessions to terminate · read \d s ago, valid for 30 s/);
  expect(screen).toContain('Cannot be undone: the sessions are gone');
  expect(screen).toContain('! Clients see an error');
  for (const { pid } of shop.lab.sessions.leaked)
    expect(screen).toMatch(new RegExp(`${pid} .*shop-web`));
  expect(terminal.styleOf('DESTRUCTIVE')).toMatchObject({ color: 1, inverse: true });
});

test('a gate that is declined runs nothing, records why, and leads to the way by hand', async () => {
  const [kim, terminal] = await openGate();
  terminal.press('escape');
  await terminal.waitFor('Why not?');
  terminal.type('the deploy is being rolled back');
  terminal.press('enter');
  await terminal.waitFor('Is it done?');
  expect(terminal.text()).toContain('The idle sessions were not terminated.');
  terminal.type('q');
  await terminal.waitFor('Pause the run?');
  terminal.type('y');
  expect(await terminal.exited).toEqual({ code: 7, signal: 0 });
  expect(await endedSessions()).toBe(0);
  expect(kim.events('gate.answered')).toMatchObject([
    { answer: 'declined', operator: 'kim', reason: 'the deploy is being rolled back' },
  ]);
  expect(terminal.history()).toContain('runbook resume');
  const { stdout } = await kim.run(['transcript']);
  expect(stdout).toContain('the deploy is being rolled back');
});

test('a gate that is declined where the runbook has no way for it opens the menu', async () => {
  const way = '      - { if: error.kind == "declined", goto: stop_the_source }\n';
  const [kim, terminal] = await openGate(alteredRunbook([way, '']));
  terminal.press('escape');
  await terminal.waitFor('Why not?');
  terminal.type('too early');
  terminal.press('enter');
  const menu = await terminal.waitFor('What next?');
  expect(menu).toContain('declined: too early');
  for (const choice of ['retry', 'mark done', 'skip', 'jump', 'leave', 'abort'])
    expect(menu).toContain(choice);
  terminal.type('r');
  await terminal.waitFor(/9 sessions to terminate[\s\S]*Type shop to run it:/);
  expect(kim.events('gate.opened')).toHaveLength(2);
  expect(await endedSessions()).toBe(0);
});

test('Ctrl-C at the gate asks first, and leaves a run that can be resumed', async () => {
  const [kim, terminal] = await openGate();
  terminal.press('ctrl-c');
  await terminal.waitFor('Stop here?');
  terminal.type('c');
  await terminal.waitFor((screen) => !screen.includes('Stop here?'));
  terminal.press('ctrl-c');
  await terminal.waitFor('Stop here?');
  terminal.press('ctrl-c');
  expect(await terminal.exited).toEqual({ code: 7, signal: 0 });
  expect(await endedSessions()).toBe(0);
  expect(kim.events('run.paused')).toHaveLength(1);
});

test('a preview with more rows than the step may touch opens no gate', async () => {
  const kim = newOperator(shop.env);
  kim.writeRunbook('pool-exhausted', alteredRunbook(['max_rows: 50', 'max_rows: 8']));
  const terminal = kim.open(shop.args, { columns: 100, rows: 40 });
  await terminal.waitFor('── Next ──');
  terminal.type('a');
  const menu = await terminal.waitFor('What next?');
  expect(menu).toContain('the preview has 9 rows, more than the 8 this step may touch');
  expect(kim.events('gate.opened')).toEqual([]);
  expect(await endedSessions()).toBe(0);
});

test('a preview that grows beyond the limit while the gate is open closes it', async () => {
  const [kim, terminal] = await openGate(alteredRunbook(['max_rows: 50', 'max_rows: 9']));
  // The shop's refused requests take a slot for a moment, so this may take more than one attempt.
  const late = await vi.waitFor(() => connect(shop.lab.urls.oncall, 'late'), 10_000);
  onTestFinished(() => late.end());
  await vi.waitFor(async () => {
    const age = "SELECT now() - state_change > interval '1s' AS old FROM pg_stat_activity";
    const rows = await query(
      shop.lab.server.superuserUrl,
      `${age} WHERE application_name = 'late'`,
    );
    expect(rows).toEqual([{ old: true }]);
  }, 10_000);
  terminal.press('ctrl-r');
  const menu = await terminal.waitFor('What next?');
  expect(menu).toContain('the preview has 10 rows, more than the 9 this step may touch');
  expect(kim.events('gate.opened')).toHaveLength(1);
  expect(await endedSessions()).toBe(0);
});

test('a session that has gone before the confirmation is spared, and that is recorded', async () => {
  const [kim, terminal] = await openGate();
  const [victim] = shop.lab.sessions.leaked;
  await query(shop.lab.server.superuserUrl, 'SELECT pg_terminate_backend($1, 5000)', [victim?.pid]);
  await confirm(terminal);
  await terminal.waitFor('Terminate abandoned transactions');
  await vi.waitFor(() =>
    expect(kim.events('rows.spared')).toMatchObject([
      { step: 'terminate_idle', rows: [{ row: { pid: victim?.pid } }], left: 8 },
    ]),
  );
  expect(await endedSessions()).toBe(9);
  const now = await shopSessions();
  expect(missingFrom(now, shop.lab.sessions.healthy)).toEqual([]);
  expect(missingFrom(now, shop.lab.sessions.lockWaiter)).toEqual([]);
});
