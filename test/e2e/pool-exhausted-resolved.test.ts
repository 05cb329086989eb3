import type pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { confirm, exhaustedShop, goToGate } from './exhausted-shop.ts';
import { Operator } from './operator.ts';
import { expectNoSecret, filesIn } from './secrets.ts';
import { connect, query } from './shop-server.ts';
import type { OpenTerminal, TerminalExit } from './terminal.ts';

const IDLE_SECONDS = 2;
const shop = exhaustedShop({ idleSeconds: IDLE_SECONDS });

/** The sessions that are no request which has just been refused, and no worker that comes and goes. */
const SESSIONS = `
  SELECT pid, backend_start::text AS "backendStart", coalesce(application_name, '') AS name
    FROM pg_stat_activity
   WHERE pid <> pg_backend_pid()
     AND (backend_type NOT IN ('client backend', 'autovacuum worker', 'parallel worker')
          OR state IN ('active', 'idle', 'idle in transaction'))`;

type SessionRow = { readonly pid: number; readonly backendStart: string; readonly name: string };

const bystanders: pg.Client[] = [];
let kim: Operator;
let terminal: OpenTerminal;
let exit: TerminalExit;
let drawn: string;
let before: readonly SessionRow[];
let after: readonly SessionRow[];

beforeAll(async () => {
  const { superuserUrl } = shop.lab.server;
  kim = new Operator(shop.env);
  terminal = kim.open(shop.args, { columns: 80, rows: 24 });
  await terminal.waitFor('▸ How full is the server?');
  terminal.press('enter');
  await terminal.waitFor('▸ Who holds the connectio');
  await openBystanders();
  before = await query(superuserUrl, SESSIONS);
  await goToGate(terminal);
  await confirm(terminal);
  await terminal.waitFor(/1 session to terminate[\s\S]*Type shop to run it:/);
  await confirm(terminal);
  await terminal.waitFor('RESOLVED');
  drawn = terminal.text();
  terminal.press('enter');
  exit = await terminal.exited;
  after = await query(superuserUrl, SESSIONS);
});

afterAll(async () => {
  await kim?.goHome();
  for (const bystander of bystanders) await bystander.end();
});

/** Opens sessions of a pooler and of a superuser, and waits until they are idle for too long as well. */
async function openBystanders(): Promise<void> {
  const { urls, server } = shop.lab;
  // The shop's refused requests take a slot for a moment, so this may take more than one attempt.
  bystanders.push(await vi.waitFor(() => connect(urls.oncall, 'pgbouncer'), 10_000));
  bystanders.push(await connect(server.superuserUrl, 'backup'));
  await vi.waitFor(async () => {
    const rows = await query<{ idle: boolean }>(
      server.superuserUrl,
      `SELECT now() - state_change > $2 * interval '1 second' AS idle
         FROM pg_stat_activity WHERE application_name = ANY ($1)`,
      [['pgbouncer', 'backup'], IDLE_SECONDS],
    );
    expect(rows).toEqual([{ idle: true }, { idle: true }]);
  }, 10_000);
}

test('a run that resolves the incident says so, exits with 0 and is over', () => {
  expect(exit).toEqual({ code: 0, signal: 0 });
  expect(drawn).toContain('■ over');
  expect(drawn).toMatch(/RESOLVED in \d+ s/);
});

test('the pinned sessions are gone and every other one is alive, the idle ones of others too', async () => {
  const isGone = ({ name, pid, backendStart }: SessionRow) =>
    !name.startsWith('runbook/') &&
    !after.some((row) => row.pid === pid && row.backendStart === backendStart);
  // Slots are free by then, so the transaction that nobody waits for is left alone.
  const { leaked, idleInTransaction } = shop.lab.sessions;
  const open = idleInTransaction.map(({ pid }) => pid);
  const blockers = before.filter((row) => isGone(row) && open.includes(row.pid));
  const pids = (rows: readonly { readonly pid: number }[]) => rows.map(({ pid }) => pid).sort();
  expect(blockers).toHaveLength(1);
  expect(pids(before.filter(isGone))).toEqual(pids([...leaked, ...blockers]));
  expect(before.filter(({ name }) => name === 'shop-checkout')).toHaveLength(4);
  expect(after.map(({ name }) => name)).toEqual(expect.arrayContaining(['pgbouncer', 'backup']));
});

test('an independent look finds the fault gone and nothing healthy lost', async () => {
  expect(await shop.lab.check()).toMatchObject({
    gone: true,
    collateral: [],
    facts: { leaked_ended: 9, idle_in_transaction_ended: 1, lock_waiters_waiting: 0 },
  });
});

test('the run leaves no session of its own behind', () => {
  expect(after.filter(({ name }) => name.startsWith('runbook/'))).toEqual([]);
});

test('a summary stays in the terminal, and nothing of the screen', () => {
  expect(terminal.isAlternate).toBe(false);
  expect(terminal.isCursorVisible).toBe(true);
  const history = terminal.history();
  expect(history.split('\n')[0]).toMatch(
    /^✓ pool-exhausted resolved after (\d+ min)? ?\d+(\.\d)? s$/,
  );
  expect(history).toMatch(/\d+ of 15 ordinary slots are free, and 1 session waits for locks\./);
  expect(history.replaceAll(/\s+/g, ' ')).toContain(
    '1 transaction has been idle for more than 2s and was left alone: nobody waits for it.',
  );
  expect(history).toMatch(/runbook transcript \S+-pool-exhausted-\w+$/);
  expect(history).not.toContain('│');
});

test('the transcript tells who saw what, decided what and why', async () => {
  const { stdout, code } = await kim.run(['transcript']);
  expect(code).toBe(0);
  const story = [
    '**Resolved** after',
    '## Findings',
    '15 ordinary slots (max_connections 20, 5 reserved).',
    'shop-web (role shop) holds 11 connections: 9 idle',
    'sessions have been idle for more than 2s',
    '### Action 1: Terminate idle sessions (succeeded)',
    'the gate showed kim',
    'pg_terminate_backend(pid)',
    '9 sessions to terminate',
    '**kim confirmed**',
    'typed `shop`',
    '### Action 2: Terminate abandoned transactions (succeeded)',
    '1 session to terminate',
    '## Timeline',
    'the run finished **resolved**',
  ];
  let from = 0;
  for (const part of story) {
    const at = stdout.indexOf(part, from);
    expect({ part, found: at >= 0 }).toEqual({ part, found: true });
    from = at;
  }
  for (const { pid } of shop.lab.sessions.leaked) expect(stdout).toContain(`| ${pid} |`);
});

test('every confirmation names what then ran, and came before it', () => {
  const events = kim.journal().map(({ event }) => event);
  const started = events.filter(
    (event) => event.type === 'step.started' && event.digest !== undefined,
  );
  expect(started).toHaveLength(2);
  for (const event of started) {
    const before = events.slice(0, events.indexOf(event));
    const answer = before.findLast(({ type }) => type === 'gate.answered');
    expect(answer).toMatchObject({ answer: 'confirmed', operator: 'kim' });
    expect(event).toMatchObject({ digest: answer?.type === 'gate.answered' && answer.digest });
    const between = before.slice(before.indexOf(answer ?? event) + 1);
    expect(between).toMatchObject([
      { type: 'step.started', part: 'recheck' },
      { type: 'step.finished', part: 'recheck', status: 'succeeded' },
    ]);
  }
});

test('no password is anywhere: not on the screen, in the record, or in the transcript', async () => {
  const transcript = await kim.run(['transcript']);
  for (const url of [shop.lab.urls.oncall, shop.lab.urls.shop])
    expectNoSecret(url, [
      ['the terminal', terminal.received],
      ['the transcript', transcript.stdout],
      ...filesIn(kim.home),
    ]);
});
