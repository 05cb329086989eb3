import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import { askInOrder, askOnce, openClient } from '#lab/client.ts';
import { type Keeper, startKeeper } from '#lab/servers/keeper.ts';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { startStandby } from '#lab/servers/standby.ts';
import { HOST_RULES } from '#lab/setup/lab.ts';
import type { Answers } from '../solve-fault.ts';
import { solveExample } from './solved-example.ts';

let keeper: Keeper;
let primary: PostgresServer;
let standby: PostgresServer;

beforeAll(async () => {
  keeper = await startKeeper();
  primary = await startPostgres({ keeper, hba: HOST_RULES });
  standby = await startStandby(keeper, primary);
});

afterAll(() => keeper?.close());

beforeEach(async () => {
  await askInOrder(primary.superuserUrl, [
    'DROP TABLE IF EXISTS orders',
    'CREATE TABLE orders AS SELECT n, repeat($$x$$, 100) AS note FROM generate_series(1, 1000) n',
  ]);
  await replayed();
});

/** Waits until the standby has what the primary has written. */
async function replayed(): Promise<void> {
  const [at] = await askOnce(
    primary.superuserUrl,
    'SELECT pg_current_wal_insert_lsn()::text AS lsn',
  );
  const there = `SELECT pg_last_wal_replay_lsn() >= '${at?.lsn}'::pg_lsn AS there`;
  while ((await askOnce(standby.superuserUrl, there))[0]?.there !== true);
}

/** Writes more than the limit that the runbook is given. */
async function writeMuch(): Promise<void> {
  const rows = 'INSERT INTO orders SELECT n, repeat($$x$$, 100) FROM generate_series(1, 30000) n';
  await askOnce(primary.superuserUrl, rows);
}

function solveLag(answers: Answers) {
  const inputs = { limit_mib: '2' };
  const env = { PRIMARY_URL: primary.superuserUrl, STANDBY_URL: standby.superuserUrl };
  return solveExample('replication-lag', inputs, answers, env);
}

test('replay that someone paused is resumed, and the standby catches up', async () => {
  await askOnce(standby.superuserUrl, 'SELECT pg_wal_replay_pause()');
  await writeMuch();
  const { outcome, path, findings } = await solveLag({ resume: { confirm: true } });
  expect({ outcome, path }).toEqual({
    outcome: 'resolved',
    path: ['primary', 'standby', 'resume', 'slots', 'caught_up'],
  });
  expect(findings[1]).toMatch(/is \d+ MiB behind, because someone paused its replay \(paused\)/);
  const [{ rows } = {}] = await askOnce(
    standby.superuserUrl,
    'SELECT count(*)::int AS rows FROM orders',
  );
  expect(rows).toBe(31_000);
});

test('a query that holds up replay is found, shown and ended', async () => {
  await askInOrder(standby.superuserUrl, [
    'ALTER SYSTEM SET max_standby_streaming_delay = -1',
    'SELECT pg_reload_conf()',
  ]);
  const report = await openClient(standby.superuserUrl, { name: 'report' });
  onTestFinished(() => report.end());
  await report.ask('BEGIN ISOLATION LEVEL REPEATABLE READ');
  await report.ask('SELECT count(*) FROM orders');
  await askInOrder(primary.superuserUrl, ['DELETE FROM orders', 'VACUUM orders']);
  await writeMuch();
  const waits = "SELECT wait_event FROM pg_stat_activity WHERE backend_type = 'startup'";
  while (
    !String((await askOnce(standby.superuserUrl, waits))[0]?.wait_event).startsWith('Recovery')
  );
  const { outcome, path, findings, kim } = await solveLag({ end_queries: { confirm: true } });
  expect({ outcome, path }).toEqual({
    outcome: 'resolved',
    path: ['primary', 'standby', 'conflict', 'end_queries', 'slots', 'caught_up'],
  });
  expect(findings[2]).toContain('RecoveryConflictSnapshot');
  const [gate] = kim.events('gate.opened');
  expect(gate?.preview?.rows).toMatchObject([{ pid: report.id, application_name: 'report' }]);
  await expect(report.ask('SELECT 1')).rejects.toThrow();
});

test('a slot that nobody reads is shown with its WAL; declined it stays, confirmed it is dropped', async () => {
  await askOnce(primary.superuserUrl, "SELECT pg_create_physical_replication_slot('old', true)");
  await writeMuch();
  await replayed();
  const slots = () => askOnce(primary.superuserUrl, 'SELECT slot_name FROM pg_replication_slots');
  const declined = await solveLag({ drop_slots: { decline: 'it comes back tonight' } });
  expect(declined.outcome).toBe('unresolved');
  expect(await slots()).toHaveLength(1);
  const { outcome, findings } = await solveLag({ drop_slots: { confirm: true } });
  expect(outcome).toBe('resolved');
  expect(findings.at(-1)).toMatch(/keeps WAL for 1 slot that nobody reads: old \(\d+ MiB\)/);
  expect(await slots()).toEqual([]);
});
