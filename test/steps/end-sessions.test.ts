import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import { type MysqlServer, startMysql } from '#lab/servers/mysql.ts';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { missingEngine } from '#lab/setup/engine.ts';
import type { SessionsOf } from '#steps/database/session-access.ts';
import { endSessions } from '#steps/end-sessions.ts';
import { because } from '../support/because.ts';
import { hasMariadb, openSession as openMysql, setUp } from '../support/mysql-session.ts';
import { openSession as openPostgres, otherClient } from '../support/postgres-session.ts';

const RUN = 'runbook/20261123-0000-stuck-abcdefgh';
const OTHER = 'runbook/20261123-0000-stuck-bbbbbbbb';

const of = (url: string, more: Partial<SessionsOf> = {}): SessionsOf => ({
  url,
  ...{ reserveUrl: undefined, applicationName: RUN, clearing: 'runbook takeover', recorded: [] },
  signal: AbortSignal.timeout(20_000),
  ...more,
});

describe('on PostgreSQL', () => {
  let server: PostgresServer;
  let url: string;
  beforeAll(async () => {
    server = await startPostgres({ settings: { max_connections: 20 } });
    const admin = await import('pg').then(({ default: pg }) => new pg.Client(server.superuserUrl));
    await admin.connect();
    await admin.query(
      "CREATE TABLE made (n int); CREATE ROLE app LOGIN PASSWORD 'app-password'; GRANT ALL ON made TO app",
    );
    await admin.end();
    url = server.url({ user: 'app', password: 'app-password', database: 'postgres' });
  });
  afterAll(() => server.stop());

  test('the statement of a run is rolled back, by its own ordinary role; other runs go on', async () => {
    const left = openPostgres(url, { applicationName: RUN });
    const other = openPostgres(url, { applicationName: OTHER });
    await other.rows('SELECT 1');
    const change = left.run('INSERT INTO made SELECT 1 FROM pg_sleep(60)', {
      readOnly: false,
      timeoutMs: 90_000,
    });
    const client = await otherClient(server.superuserUrl);
    const atWork = `SELECT pid FROM pg_stat_activity WHERE application_name = '${RUN}' AND query LIKE 'INSERT%'`;
    await vi.waitFor(async () => expect((await client.query(atWork)).rowCount).toBe(1));
    const ended = await endSessions(of(url));
    expect(ended).toMatchObject([{ session: left.connections[0]?.session, state: 'active' }]);
    expect(ended[0]?.left).toBeUndefined();
    const gone = `SELECT 1 FROM pg_stat_activity WHERE application_name = '${RUN}'`;
    expect((await client.query(gone)).rowCount).toBe(0);
    expect((await change).status).not.toBe('succeeded');
    expect((await client.query('SELECT 1 FROM made')).rowCount).toBe(0);
    expect(await other.rows('SELECT 1 AS n')).toEqual([{ n: 1 }]);
    expect(other.connections).toHaveLength(1);
    expect(await endSessions(of(url))).toEqual([]);
  });

  test('a server that is not reached is named as one where something may be at work', async () => {
    const [session] = await endSessions(of('postgres://app@127.0.0.1:1/postgres'));
    expect(session).toMatchObject({ state: 'unknown' });
    expect(session?.left).toContain('127.0.0.1:1');
  });
});

/** Ends a change at work on a MySQL or MariaDB server and looks what it left. */
async function endsChange(url: string, how: 'by its name' | 'by its number') {
  const applicationName = how === 'by its name' ? RUN : 'somebody';
  const left = openMysql(url, { applicationName });
  const other = openMysql(url, { applicationName: OTHER });
  await other.rows('SELECT 1');
  const change = left.run('INSERT INTO made SELECT 1 FROM (SELECT SLEEP(60)) AS slept', {
    ...{ readOnly: false, timeoutMs: 90_000 },
  });
  const active = "SELECT 1 FROM information_schema.processlist WHERE INFO LIKE 'INSERT INTO made%'";
  await vi.waitFor(async () => expect(await other.rows(active)).toHaveLength(1));
  const recorded = left.connections.map(({ server, session }) => ({ server, session }));
  const ended = await endSessions(of(url, how === 'by its name' ? {} : { recorded }));
  expect(ended).toMatchObject([{ session: left.connections[0]?.session }]);
  expect(ended[0]?.left).toBeUndefined();
  expect(await other.rows(active)).toEqual([]);
  expect((await change).status).not.toBe('succeeded');
  expect(await other.rows('SELECT * FROM made')).toEqual([]);
  expect(other.connections).toHaveLength(1);
  const foreign = recorded.map(({ session }) => ({ server: 'another', session }));
  expect(await endSessions(of(url, { recorded: foreign }))).toEqual([]);
}

describe.skipIf(!hasMariadb)('on MariaDB (sh bin/test-servers.sh)', () => {
  let server: MariadbServer;
  let url: string;
  beforeAll(async () => {
    server = await startMariadb();
    await setUp(server.rootUrl, [
      ...['CREATE DATABASE shop', 'CREATE TABLE shop.made (n int) ENGINE = InnoDB'],
      "CREATE USER app@'%' IDENTIFIED BY 'app-password'",
      "GRANT ALL ON shop.* TO app@'%'",
    ]);
    const { host, port } = new URL(server.rootUrl.replace(/^\w+:/, 'http:'));
    url = `mysql://app:app-password@${host.split(':')[0]}:${port}/shop`;
  });
  afterAll(() => server.stop());

  test('the statement that a run recorded is ended by its own role', () =>
    endsChange(url, 'by its number'));
});

const missing = await missingEngine('mysql');
describe.skipIf(missing !== undefined)(`on MySQL${because(missing)}`, () => {
  let server: MysqlServer;
  beforeAll(async () => {
    server = await startMysql();
    await setUp(server.rootUrl, [
      'CREATE DATABASE shop',
      'CREATE TABLE shop.made (n int)',
      "CREATE USER app@'%' IDENTIFIED BY 'app-password'",
      "GRANT ALL ON shop.* TO app@'%'",
    ]);
  });
  afterAll(() => server.stop());

  test.each(['by its name', 'by its number'] as const)(
    'the statement of a run is ended %s',
    (how) => endsChange(`mysql://app:app-password@127.0.0.1:${server.port}/shop`, how),
  );
});
