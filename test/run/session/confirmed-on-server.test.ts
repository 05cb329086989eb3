import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { ConfirmedRun } from '../../support/confirmed-run.ts';
import { hasMariadb, otherClient as mysqlClient, setUp } from '../../support/mysql-session.ts';
import { otherClient as postgresClient } from '../../support/postgres-session.ts';
import { startSwitchingProxy } from '../../support/switching-proxy.ts';

type Server = PostgresServer | MariadbServer;

const WITH_ROWS = `
  - id: end
    effect: destructive
    preview: { sql: SELECT id FROM orders WHERE id = 1 }
    sql: DELETE FROM orders WHERE (id) IN (\${{ preview.rows }})
    confirm: { phrase: go on }
  - { id: after, manual: Look. }
`;

const WITHOUT_ROWS = `
  - { id: look, effect: read, sql: SELECT 1 AS one }
  - { id: end, effect: change, sql: DELETE FROM orders WHERE id = 1 }
  - { id: after, manual: Look. }
`;

const ORDERS = ['CREATE TABLE orders (id int)', 'INSERT INTO orders VALUES (1)'];

async function prepare(server: Server): Promise<void> {
  if (server.engine === 'mariadb') {
    await setUp(server.rootUrl, [
      ...['CREATE DATABASE shop', 'USE shop', ...ORDERS],
      ...[`CREATE USER ops@'%' IDENTIFIED BY 'x'`, `GRANT ALL ON *.* TO ops@'%'`],
    ]);
    return;
  }
  const client = new pg.Client(server.superuserUrl);
  await client.connect();
  for (const text of [...ORDERS, `CREATE ROLE ops SUPERUSER LOGIN PASSWORD 'x'`])
    await client.query(text);
  await client.end();
}

describe.each([
  { engine: 'PostgreSQL', here: true },
  { engine: 'MariaDB (sh bin/test-servers.sh)', here: hasMariadb },
])('a change on $engine', ({ engine, here }) => {
  const isPostgres = engine === 'PostgreSQL';
  let first: Server;
  let second: Server;

  const urlOf = (server: Server, port = server.port) => {
    const login = { user: 'ops', password: 'x', database: isPostgres ? 'postgres' : 'shop' };
    return server.url(login).replace(`:${server.port}/`, `:${port}/`);
  };

  const ordersOn = async (server: Server) => {
    const text = 'SELECT id FROM orders';
    if (!isPostgres) return await (await mysqlClient(urlOf(server))).ask(text);
    return (await (await postgresClient(urlOf(server))).query(text)).rows;
  };

  beforeAll(async () => {
    if (!here) return;
    const start = () => (isPostgres ? startPostgres() : startMariadb());
    [first, second] = await Promise.all([start(), start()]);
    await Promise.all([first, second].map((server) => prepare(server)));
  });
  afterAll(() => Promise.all([first?.stop(), second?.stop()]));

  test.skipIf(!here).each([
    ['with rows', WITH_ROWS],
    ['without rows', WITHOUT_ROWS],
  ])('%s is not made on another server than its gate was for', async (_, steps) => {
    const proxy = await startSwitchingProxy(first.port);
    const run = await ConfirmedRun.of(steps, urlOf(first, proxy.port));
    const gate = await run.gate();
    proxy.leadTo(second.port);
    proxy.cut();
    run.confirm(gate);
    const again = await run.gate(gate);
    expect(again).toMatchObject({ changes: { server: true } });
    expect(again.digest).not.toBe(gate.digest);
    expect(await ordersOn(second)).toEqual([{ id: 1 }]);
    expect(await ordersOn(first)).toEqual([{ id: 1 }]);
    run.decline();
  });

  test.skipIf(!here)('is made where the connection is held, wherever others lead now', async () => {
    const proxy = await startSwitchingProxy(first.port);
    const run = await ConfirmedRun.of(WITH_ROWS, urlOf(first, proxy.port));
    const gate = await run.gate();
    proxy.leadTo(second.port);
    run.confirm(gate);
    await run.end();
    expect(await ordersOn(second)).toEqual([{ id: 1 }]);
    expect(await ordersOn(first)).toEqual([]);
  });
});
