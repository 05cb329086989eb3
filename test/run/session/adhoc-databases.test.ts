import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { adhocRun } from '../../fixtures/adhoc-run.ts';
import { hasMariadb } from '../../support/mysql-session.ts';
import { send } from '../../support/send.ts';

describe('on PostgreSQL', () => {
  let server: PostgresServer;
  let victim: pg.Client;
  let victimPid: number;

  beforeAll(async () => {
    server = await startPostgres();
    victim = new pg.Client(server.superuserUrl);
    victim.on('error', () => {});
    await victim.connect();
    await victim.query('CREATE TABLE orders AS SELECT generate_series(1, 3) AS id');
    const { rows } = await victim.query('SELECT pg_backend_pid() AS pid');
    victimPid = rows[0].pid;
  });

  afterAll(async () => {
    await victim.end().catch(() => {});
    await server.stop();
  });

  const start = () => adhocRun({ given: { url: server.superuserUrl } });

  async function ordersLeft(): Promise<number> {
    const { rows } = await victim.query('SELECT count(*)::int AS count FROM orders');
    return rows[0].count;
  }

  test('a read runs at once in a read-only transaction with limits, and its rows are there', async () => {
    const run = await start();
    const command = await run.enter('db', 'SELECT id FROM orders ORDER BY id;');
    expect(command.executions[0]?.result).toMatchObject({
      rows: [{ id: 1 }, { id: 2 }, { id: 3 }],
    });
    const shown = await run.enter(
      'db',
      "SELECT name, setting FROM pg_settings WHERE name IN ('transaction_read_only', 'statement_timeout') ORDER BY name",
    );
    expect(shown.executions[0]?.result?.rows).toEqual([
      { name: 'statement_timeout', setting: '10000' },
      { name: 'transaction_read_only', setting: 'on' },
    ]);
    expect(run.events().filter(({ type }) => type === 'target.connected')).toHaveLength(1);
    const many = await run.enter('db', 'SELECT generate_series(1, 5000) AS n');
    expect(many.executions[0]?.result?.rows).toHaveLength(1000);
  });

  test.each([
    ['DELETE FROM orders', /^It destroys: |^It changes: /],
    ['SELECT pg_terminate_backend(PID)', /pg_terminate_backend/],
    ['SELEC 1', /^It cannot be proven to only read: /],
    ['SELECT 1; DELETE FROM orders', /./],
    ['EXPLAIN ANALYZE DELETE FROM orders', /./],
    ['WITH gone AS (DELETE FROM orders RETURNING id) SELECT * FROM gone', /./],
    ['SELECT unknown_function()', /^It cannot be proven to only read: /],
  ])('%s never runs without the phrase', async (text, reason) => {
    const run = await start();
    await run.enter('db', text.replace('PID', String(victimPid)));
    const { gate } = run.view;
    expect(gate).toMatchObject({ level: 'type', phrase: 'postgres' });
    expect(gate?.notRead).toMatch(reason);
    await run.confirm();
    await run.confirm('db');
    send(run.open.session, { type: 'report', done: true, evidence: 'x' });
    expect(run.said().filter((type) => type === 'step.started')).toEqual([]);
    const declined = await run.answer({ type: 'decline', reason: '' });
    expect(declined).toMatchObject({ state: 'failed', executions: [] });
    expect(await ordersLeft()).toBe(3);
  });

  test.each([
    'BEGIN',
    'SET default_transaction_read_only = off',
    'CREATE TEMP TABLE pg_stat_activity (pid int)',
    '/* x */ BEGIN',
    'SET ROLE nobody',
  ])('%s would outlive itself in the session, and is not run at all', async (text) => {
    const run = await start();
    const command = await run.enter('db', text);
    expect(command).toMatchObject({ state: 'failed', error: { kind: 'config' }, executions: [] });
    expect(run.said()).toEqual(['adhoc.entered', 'step.settled']);
  });

  test('a change that is confirmed runs, on the server that was shown', async () => {
    const run = await start();
    await run.enter('db', 'DELETE FROM orders WHERE id = 3');
    expect(run.view.gate?.action.where).toContain(`:${server.port}/postgres`);
    expect(await run.confirm('postgres')).toMatchObject({ state: 'succeeded' });
    expect(await ordersLeft()).toBe(2);
    await victim.query('INSERT INTO orders VALUES (3)');
  });
});

describe.skipIf(!hasMariadb)('on MariaDB (sh bin/test-servers.sh)', () => {
  let server: MariadbServer;
  beforeAll(async () => {
    server = await startMariadb();
  });
  afterAll(() => server.stop());

  test('a read runs at once; what is none waits for its phrase', async () => {
    const run = await adhocRun({ given: { url: server.rootUrl } });
    const command = await run.enter('db', 'SELECT 40 + 2 AS answer');
    expect(command.executions[0]?.result?.rows).toEqual([{ answer: 42 }]);
    await run.enter('db', 'CREATE DATABASE adhoc');
    const { phrase, level } = run.view.gate ?? {};
    if (level === 'type') expect(phrase).toBeDefined();
    await run.answer({ type: 'decline', reason: '' });
    await run.enter('db', 'DROP DATABASE mysql');
    expect(run.view.gate).toMatchObject({ effect: 'destructive', level: 'type' });
    await run.confirm('nothing');
    await run.answer({ type: 'decline', reason: '' });
    expect(await run.enter('db', 'USE mysql')).toMatchObject({ error: { kind: 'config' } });
    const seen = await run.enter('db', 'SHOW DATABASES');
    const names = JSON.stringify(seen.executions[0]?.result?.rows);
    expect(names).toContain('"mysql"');
    expect(names).not.toContain('adhoc');
  });
});
