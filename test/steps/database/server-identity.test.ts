import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import type { SqlAction } from '#safety/kinds/sql.ts';
import type { Session } from '../../support/database-session.ts';
import { hasMariadb, openSession as openMysql, setUp } from '../../support/mysql-session.ts';
import { openSession as openPostgres, otherClient } from '../../support/postgres-session.ts';
import { startSwitchingProxy } from '../../support/switching-proxy.ts';

const INSERT = 'INSERT INTO orders VALUES (2)';
const CHANGE: Partial<SqlAction> = { readOnly: false };

/** The identity of the server that a session reached last. */
async function serverOf(session: Session): Promise<string | undefined> {
  await session.rows('SELECT 1 AS one');
  return session.connections.at(-1)?.server;
}

async function uptimeOf(session: Session): Promise<number> {
  const [row] = await session.rows(
    "SELECT VARIABLE_VALUE AS uptime FROM information_schema.global_status WHERE VARIABLE_NAME = 'Uptime'",
  );
  return Number((row as { readonly uptime?: unknown } | undefined)?.uptime);
}

type Server = PostgresServer | MariadbServer;

const ORDERS = ['CREATE TABLE orders (id int)', 'INSERT INTO orders VALUES (1)'];

/** Gives a server orders, an account with all rights and one with none. */
async function prepare(server: Server): Promise<void> {
  if (server.engine === 'mariadb') {
    await setUp(server.rootUrl, [
      'CREATE DATABASE shop',
      'USE shop',
      ...ORDERS,
      `CREATE USER ops@'%' IDENTIFIED BY 'x'`,
      `GRANT ALL ON *.* TO ops@'%'`,
      `CREATE USER plain@'%' IDENTIFIED BY 'x'`,
    ]);
    return;
  }
  const client = new pg.Client(server.superuserUrl);
  await client.connect();
  for (const text of [
    ...ORDERS,
    `CREATE ROLE ops SUPERUSER LOGIN PASSWORD 'x'`,
    `CREATE ROLE plain LOGIN PASSWORD 'x'`,
  ])
    await client.query(text);
  await client.end();
}

describe.each([
  { engine: 'PostgreSQL', here: true },
  { engine: 'MariaDB (sh bin/test-servers.sh)', here: hasMariadb },
])('$engine', ({ engine, here }) => {
  const isPostgres = engine === 'PostgreSQL';
  const open = isPostgres ? openPostgres : openMysql;
  let first: Server;
  let second: Server;

  const openOn = (server: Server, port = server.port) => {
    const login = { user: 'ops', password: 'x', database: isPostgres ? 'postgres' : 'shop' };
    return open(server.url(login).replace(`:${server.port}/`, `:${port}/`));
  };

  beforeAll(async () => {
    if (!here) return;
    const start = () => (isPostgres ? startPostgres() : startMariadb());
    [first, second] = await Promise.all([start(), start()]);
    await Promise.all([first, second].map((server) => prepare(server)));
  });
  afterAll(() => Promise.all([first?.stop(), second?.stop()]));

  test.skipIf(!here)('is the same for every connection and statement', async () => {
    const session = openOn(first);
    const server = await serverOf(session);
    expect(server).toMatch(/^[0-9a-f]{16}$/);
    for (const _ of Array.from({ length: 50 })) await session.rows('SELECT 1 AS one');
    expect(session.connections).toHaveLength(1);
    expect(await serverOf(openOn(first))).toBe(server);
  });

  test.skipIf(!here)('is the same for an account with no rights', async () => {
    const login = { user: 'plain', password: 'x', database: isPostgres ? 'postgres' : '' };
    const server = await serverOf(openOn(first));
    expect(await serverOf(open(first.url(login)))).toBe(server);
  });

  test.skipIf(!here)('differs between two servers, and before and after a restart', async () => {
    const server = await serverOf(openOn(first));
    expect(await serverOf(openOn(second))).not.toBe(server);
    // MariaDB tells its start to the second.
    if (!isPostgres)
      await vi.waitFor(async () => expect(await uptimeOf(openOn(first))).toBeGreaterThan(2));
    await first.restart();
    expect(await serverOf(openOn(first))).not.toBe(server);
  });

  test.skipIf(!here)('is what a change is held to: on another server it does not run', async () => {
    const proxy = await startSwitchingProxy(first.port);
    const session = openOn(first, proxy.port);
    const expectedServer = await serverOf(session);
    proxy.leadTo(second.port);
    proxy.cut();
    const outcome = await session.run(INSERT, { ...CHANGE, expectedServer });
    expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'other_server' } });
    expect(await openOn(second).rows('SELECT id FROM orders')).toEqual([{ id: 1 }]);
    const now = session.connections.at(-1)?.server;
    expect(now).toBe(await serverOf(openOn(second)));
    expect(await session.run(INSERT, { ...CHANGE, expectedServer: now })).toMatchObject({
      status: 'succeeded',
    });
    onTestFinished(async () => {
      await openOn(second).run('DELETE FROM orders WHERE id = 2', CHANGE);
    });
  });

  test.skipIf(!here)('a connection that is held leads to the server it was made to', async () => {
    const proxy = await startSwitchingProxy(first.port);
    const session = openOn(first, proxy.port);
    const expectedServer = await serverOf(session);
    proxy.leadTo(second.port);
    const outcome = await session.run(INSERT, { ...CHANGE, expectedServer });
    expect(outcome).toMatchObject({ status: 'succeeded' });
    expect(await openOn(second).rows('SELECT id FROM orders')).toEqual([{ id: 1 }]);
  });
});

describe('PostgreSQL that does not say who it is', () => {
  test('is told by its address and start where the control data may not be read', async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const client = await otherClient(server.superuserUrl);
    await client.query(`CREATE ROLE plain LOGIN PASSWORD 'x'`);
    const login = { user: 'plain', password: 'x', database: 'postgres' };
    const before = await serverOf(openPostgres(server.url(login)));
    await client.query('REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC');
    const session = openPostgres(server.url(login));
    const after = await serverOf(session);
    expect(after).toMatch(/^[0-9a-f]{16}$/);
    expect(after).not.toBe(before);
    expect(await serverOf(openPostgres(server.url(login)))).toBe(after);
  });

  test('is known by the connection alone where it says nothing', async () => {
    const server = await startPostgres();
    onTestFinished(() => server.stop());
    const client = await otherClient(server.superuserUrl);
    await client.query(`CREATE ROLE plain LOGIN PASSWORD 'x'`);
    await client.query('REVOKE EXECUTE ON FUNCTION pg_postmaster_start_time() FROM PUBLIC');
    const login = { user: 'plain', password: 'x', database: 'postgres' };
    const session = openPostgres(server.url(login));
    const own = await serverOf(session);
    expect(own).toMatch(/^connection /);
    expect(await session.run('SELECT 1', { ...CHANGE, expectedServer: own })).toMatchObject({
      status: 'succeeded',
    });
    expect(await serverOf(openPostgres(server.url(login)))).not.toBe(own);
  });
});
