import type pg from 'pg';
import { afterEach, expect, test, vi } from 'vitest';
import { confirm } from './exhausted-shop.ts';
import { newOperator, type Operator } from './operator.ts';
import { connect, query, sessionsLike, shopServer } from './shop-server.ts';
import type { OpenTerminal } from './terminal.ts';
import { victimsRunbook } from './victims-runbook.ts';

const shop = shopServer();
const CHANGE_SECONDS = 1.5;

const MADE = 'Its check says that it took effect. Continue?';
const NOT_MADE = 'Its check says that it has not taken effect so far. Run it again?';

const victims: pg.Client[] = [];

afterEach(async () => {
  await Promise.all(victims.splice(0).map((victim) => victim.end().catch(() => {})));
  await vi.waitFor(async () => expect(await changesRunning()).toEqual([]), 10_000);
});

/** Statements of a run that are still at work on the server. */
function changesRunning() {
  return query(
    shop.server.superuserUrl,
    `SELECT query FROM pg_stat_activity WHERE application_name LIKE 'runbook/%' AND state = 'active'`,
  );
}

function livingVictims(): Promise<readonly number[]> {
  return sessionsLike(shop.server.superuserUrl, 'victim');
}

/** Confirms the change and kills the program as its statement is at work, then resumes the run. */
async function crashInChange(asks = MADE): Promise<readonly [Operator, OpenTerminal]> {
  victims.push(await connect(shop.urls.shop, 'victim'), await connect(shop.urls.shop, 'victim'));
  const kim = newOperator(shop.env);
  kim.writeRunbook('victims', victimsRunbook({ changeSeconds: CHANGE_SECONDS }));
  const first = kim.open(['run', 'victims', '--auto']);
  await first.waitFor('Type end them to run it:');
  await confirm(first, 'end them');
  // The statement ends the first victim, and sleeps before it ends the second.
  await vi.waitFor(async () => expect(await livingVictims()).toHaveLength(1), 10_000);
  first.kill('SIGKILL');
  expect((await first.exited).signal).toBe(9);
  expect((await kim.run(['runs'])).stdout).toMatch(/victims-\S+ +interrupted/);
  if (asks === NOT_MADE) victims.push(await connect(shop.urls.shop, 'victim'));
  const second = kim.open(['resume'], { columns: 100, rows: 30 });
  await second.waitFor(asks);
  return [kim, second];
}

function changesStarted(kim: Operator): number {
  return kim.events('step.started').filter(({ effect }) => effect !== 'read').length;
}

test('a change that was running when the program was killed is checked before the question', async () => {
  const [kim, terminal] = await crashInChange();
  const menu = terminal.text();
  expect(menu).toContain('? End the victims');
  expect(menu).toContain('its end was not seen; its check says that it took effect');
  expect(menu).toContain('SELECT pid, pg_terminate_backend(pid)');
  expect(menu).toContain('Its check:');
  for (const way of ['⏎ continue', 'c check', 'r retry', 'm mark done', 's skip'])
    expect(menu).toContain(way);
  expect(changesStarted(kim)).toBe(1);
  expect(kim.events('run.resumed')).toMatchObject([
    { interrupted: { step: 'end', part: 'action', effect: 'destructive' } },
  ]);
});

test.each(['enter', 'c'])('one that took effect, by its check, goes on by %s', async (key) => {
  const [kim, terminal] = await crashInChange();
  expect(await livingVictims()).toEqual([]);
  if (key === 'enter') terminal.press('enter');
  else terminal.type(key);
  await terminal.waitFor('RESOLVED');
  terminal.type('q');
  expect(await terminal.exited).toEqual({ code: 0, signal: 0 });
  expect(changesStarted(kim)).toBe(1);
});

test('one without effect, by its check, is not run again by itself', async () => {
  const [kim, terminal] = await crashInChange(NOT_MADE);
  terminal.type('c');
  await vi.waitFor(() => {
    const asked = kim.events('operator.awaited').filter((event) => event.for === 'unknown');
    expect(asked).toHaveLength(2);
  }, 20_000);
  await terminal.waitFor(NOT_MADE);
  expect(changesStarted(kim)).toBe(1);
});

test('running it again goes through a gate with fresh rows', async () => {
  const [kim, terminal] = await crashInChange();
  victims.push(await connect(shop.urls.shop, 'victim'));
  const [left] = await livingVictims();
  terminal.type('r');
  await terminal.waitFor('Type end them to run it:');
  expect(terminal.text().replaceAll(/\s+/g, ' ')).toContain(
    'It ran before, and its check says that it took effect: it may take effect twice.',
  );
  expect(terminal.text()).toContain('1 session to terminate');
  expect(await livingVictims()).toEqual([left]);
  const [before, fresh] = kim.events('gate.opened');
  expect(fresh?.digest).not.toBe(before?.digest);
  await confirm(terminal, 'end them');
  await terminal.waitFor('RESOLVED');
  expect(await livingVictims()).toEqual([]);
  expect(changesStarted(kim)).toBe(2);
});

test('marking it done by hand needs evidence, and runs nothing', async () => {
  const [kim, terminal] = await crashInChange();
  terminal.type('m');
  await terminal.waitFor('What is the evidence?');
  terminal.press('enter');
  await terminal.waitFor('a reason is required');
  terminal.type('pg_stat_activity shows none');
  terminal.press('enter');
  await terminal.waitFor('RESOLVED');
  expect(changesStarted(kim)).toBe(1);
  const { stdout } = await kim.run(['transcript']);
  expect(stdout).toContain('pg_stat_activity shows none');
  expect(stdout).toMatch(/interrupted|outcome unknown|not known/i);
});
