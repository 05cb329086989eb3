import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { transcriptMarkdown } from '#report/transcript/markdown.ts';
import { ConfirmedRun } from '../../support/confirmed-run.ts';
import { hasMariadb, otherClient as mysqlClient, setUp } from '../../support/mysql-session.ts';
import { otherClient as postgresClient } from '../../support/postgres-session.ts';
import { startSwitchingProxy } from '../../support/switching-proxy.ts';

type Server = PostgresServer | MariadbServer;

const UNDONE = `
  - id: stop
    effect: change
    preview: { sql: "SELECT id, state FROM orders WHERE id = 1" }
    sql: UPDATE orders SET state = 'stopped' WHERE id = \${{ preview.row.id }}
    undo: { sql: "UPDATE orders SET state = \${{ preview.row.state }} WHERE id = \${{ preview.row.id }}" }
  - { id: after, manual: Look. }
`;

const VERIFIED = `
  - { id: state, effect: read, sql: SELECT state FROM orders WHERE id = 1 }
  - id: stop
    effect: change
    sql: UPDATE orders SET state = 'stopped' WHERE id = 1
    verify: { again: state, until: result.row.state == "left", within: 30s, every: 200ms }
  - { id: after, manual: Look. }
`;

const ORDERS = ['CREATE TABLE orders (id int, state text)'];

async function prepare(server: Server): Promise<void> {
  const row = `INSERT INTO orders VALUES (1, 'left')`;
  if (server.engine === 'mariadb') {
    await setUp(server.rootUrl, [
      ...['CREATE DATABASE shop', 'USE shop', ...ORDERS, row],
      ...[`CREATE USER ops@'%' IDENTIFIED BY 'x'`, `GRANT ALL ON *.* TO ops@'%'`],
    ]);
    return;
  }
  const client = new pg.Client(server.superuserUrl);
  await client.connect();
  for (const text of [...ORDERS, row, `CREATE ROLE ops SUPERUSER LOGIN PASSWORD 'x'`])
    await client.query(text);
  await client.end();
}

describe.each([
  { engine: 'PostgreSQL', here: true },
  { engine: 'MariaDB (sh bin/test-servers.sh)', here: hasMariadb },
])('after a change on $engine and a failover', ({ engine, here }) => {
  const isPostgres = engine === 'PostgreSQL';
  let first: Server;
  let second: Server;

  const urlOf = (server: Server, port = server.port) => {
    const login = { user: 'ops', password: 'x', database: isPostgres ? 'postgres' : 'shop' };
    return server.url(login).replace(`:${server.port}/`, `:${port}/`);
  };

  const ask = async (server: Server, text: string): Promise<readonly unknown[]> => {
    if (!isPostgres) return await (await mysqlClient(urlOf(server))).ask(text);
    return (await (await postgresClient(urlOf(server))).query(text)).rows;
  };
  const stateOn = async (server: Server) => {
    const [row] = await ask(server, 'SELECT state FROM orders WHERE id = 1');
    return (row as { state: string }).state;
  };
  const states = async () => [await stateOn(first), await stateOn(second)];

  beforeAll(async () => {
    if (!here) return;
    const start = () => (isPostgres ? startPostgres() : startMariadb());
    [first, second] = await Promise.all([start(), start()]);
    await Promise.all([first, second].map((server) => prepare(server)));
  });
  afterAll(() => Promise.all([first?.stop(), second?.stop()]));

  test.skipIf(!here)(
    'its undo is asked for the other server, and runs there only once that is confirmed',
    async () => {
      const proxy = await startSwitchingProxy(first.port);
      const run = await ConfirmedRun.of(UNDONE, urlOf(first, proxy.port));
      const gate = await run.gate();
      run.confirm(gate);
      await run.end();
      expect(await states()).toEqual(['stopped', 'left']);
      proxy.leadTo(second.port);
      proxy.cut();
      run.undo('stop');
      const undo = await run.gate(gate);
      expect(undo.part).toBe('undo');
      run.confirm(undo);
      const other = await run.gate(undo);
      expect(other).toMatchObject({ part: 'undo', changes: { server: true } });
      expect(await states()).toEqual(['stopped', 'left']);
      proxy.leadTo(first.port);
      proxy.cut();
      run.confirm(other);
      // Where the change was made, nothing is another server.
      const back = await run.gate(other);
      expect(back.part).toBe('undo');
      expect(back.changes).toBeUndefined();
      expect(await states()).toEqual(['stopped', 'left']);
      run.confirm(back);
      await vi.waitFor(async () => expect(await states()).toEqual(['left', 'left']), 10_000);
    },
  );

  test.skipIf(!here)('a check that another server answers is told as one', async () => {
    const proxy = await startSwitchingProxy(first.port);
    const run = await ConfirmedRun.of(VERIFIED, urlOf(first, proxy.port));
    const gate = await run.gate();
    run.confirm(gate);
    await vi.waitFor(() => {
      const parts = run.view.steps.flatMap(({ executions }) => executions.map(({ part }) => part));
      expect(parts).toContain('verify');
    }, 10_000);
    expect(run.view.movedAt).toBeUndefined();
    proxy.leadTo(second.port);
    proxy.cut();
    await run.end();
    expect(await states()).toEqual(['stopped', 'left']);
    expect(run.view.movedAt).toHaveLength(1);
    const text = transcriptMarkdown(await run.records(), { outputs: () => undefined });
    expect(text.match(/another server answers there/g)).toHaveLength(1);
  });
});
