import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import { hasMariadb, openSession, otherClient, setUp } from '../../support/mysql-session.ts';

describe.skipIf(!hasMariadb)('on MariaDB (sh bin/test-servers.sh)', () => {
  let server: MariadbServer;
  let url: string;

  beforeAll(async () => {
    server = await startMariadb({ settings: { performance_schema: 'ON', autocommit: 0 } });
    url = server.rootUrl.replace(/\/mysql$/, '/shop');
    await setUp(server.rootUrl, [
      'CREATE DATABASE shop',
      'CREATE TABLE shop.guarded (n int) ENGINE = InnoDB',
      'INSERT INTO shop.guarded VALUES (1)',
      'COMMIT',
      'CREATE TABLE shop.locked (n int)',
      'CREATE SEQUENCE shop.counted',
      'CREATE PROCEDURE shop.sly() BEGIN COMMIT; INSERT INTO shop.guarded VALUES (99); END',
    ]);
  });

  afterAll(() => server.stop());

  describe('a read', () => {
    test.each([
      'INSERT INTO guarded VALUES (2)',
      'DELETE FROM guarded RETURNING n',
      'SELECT * FROM guarded FOR UPDATE',
      'SELECT nextval(counted)',
      'CREATE TABLE other (n int)',
      'TRUNCATE guarded',
      'LOCK TABLES guarded WRITE',
      'CALL sly()',
    ])('cannot write: %s', async (text) => {
      const session = openSession(url);
      expect(await session.run(text)).toMatchObject({
        status: 'failed',
        error: { kind: 'read_only', code: '1792', phase: 'query' },
      });
      expect(await session.rows('SELECT n FROM guarded')).toEqual([{ n: 1 }]);
    });

    test('cannot make its transaction writable', async () => {
      const session = openSession(url);
      const outcome = await session.run('SET TRANSACTION READ WRITE');
      expect(outcome).toMatchObject({ status: 'failed', error: { code: '1568' } });
    });

    test('leaves no later read writable', async () => {
      const session = openSession(url);
      for (const text of ['SET SESSION TRANSACTION READ WRITE', 'START TRANSACTION READ WRITE'])
        await session.run(text);
      expect(await session.run('CALL sly()')).toMatchObject({ error: { kind: 'read_only' } });
    });

    test.each(['SELECT 1; SELECT 2', 'COMMIT; DELETE FROM guarded'])(
      'is one statement: %s',
      async (text) => {
        const session = openSession(url);
        expect(await session.run(text)).toMatchObject({
          status: 'failed',
          error: { kind: 'syntax', code: '1064', position: text.indexOf(';') + 2 },
        });
        expect(await session.rows('SELECT n FROM guarded')).toEqual([{ n: 1 }]);
      },
    );

    test('leaves no transaction open, whether it succeeds or fails', async () => {
      const session = openSession(url);
      const other = await otherClient(url);
      for (const text of ['SELECT n FROM guarded', 'SELECT nope FROM guarded']) {
        await session.run(text);
        expect(await other.ask('SELECT trx_id FROM information_schema.innodb_trx')).toEqual([]);
      }
      await session.run('SELECT n FROM guarded');
      await other.ask('SET lock_wait_timeout = 1');
      await other.ask('ALTER TABLE guarded COMMENT = "not locked"');
    });
  });

  test('a change is one statement as well, with values or without', async () => {
    const session = openSession(url);
    for (const [text, values] of [
      ['SELECT 1; DELETE FROM guarded', []],
      ['SELECT $1; DELETE FROM guarded', [1]],
    ] as const) {
      const outcome = await session.run(text, { readOnly: false, values });
      expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'syntax', code: '1064' } });
    }
    expect(await session.rows('SELECT n FROM guarded')).toEqual([{ n: 1 }]);
  });

  test('a change is there for everybody at once, even where the server leaves it open', async () => {
    const session = openSession(url);
    const other = await otherClient(url);
    await session.run('CREATE TABLE written (n int)', { readOnly: false });
    await session.run('SELECT 1');
    await session.run('INSERT INTO written VALUES (7)', { readOnly: false });
    expect(await other.ask('SELECT n FROM written')).toEqual([{ n: 7 }]);
  });

  test('the server is sent no file of this machine', async () => {
    const session = openSession(url);
    const load = `LOAD DATA LOCAL INFILE '/etc/hostname' INTO TABLE guarded`;
    expect(await session.run(load, { readOnly: false })).toMatchObject({ status: 'failed' });
    expect(await session.rows('SELECT n FROM guarded')).toEqual([{ n: 1 }]);
  });

  test('a run holds one connection, under its own name', async () => {
    const session = openSession(url, { applicationName: 'runbook/20261121-x' });
    const [first] = await session.rows('SELECT CONNECTION_ID() AS id');
    await session.run('SELECT 1', { readOnly: false });
    const [second] = await session.rows(
      `SELECT processlist_id AS id, COUNT(*) OVER () AS sessions
         FROM performance_schema.session_connect_attrs
        WHERE attr_name = 'program_name' AND attr_value = 'runbook/20261121-x'`,
    );
    expect(second).toEqual({ id: first?.id, sessions: 1 });
    expect(session.connections).toEqual([
      {
        engine: 'mariadb',
        version: server.version,
        host: '127.0.0.1',
        port: server.port,
        database: 'shop',
        user: 'root',
        server: expect.stringMatching(/^[0-9a-f]{16}$/),
        session: first?.id,
        reserved: false,
        tls: false,
      },
    ]);
    await session.close();
    await session.close();
  });

  test('a URL without a database chooses none', async () => {
    const session = openSession(server.rootUrl.replace(/\/mysql$/, ''));
    expect(await session.run('SELECT n FROM guarded')).toMatchObject({
      error: { kind: 'no_database', code: '1046' },
    });
    expect(session.connections).toMatchObject([{ database: '' }]);
  });

  test.each([true, false])('a statement ends when its time is up (read: %s)', async (readOnly) => {
    const session = openSession(url);
    const outcome = await session.run('SELECT SLEEP(20)', { readOnly, timeoutMs: 300 });
    expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'timeout', code: '1969' } });
    expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(session.connections).toHaveLength(1);
  });

  test('time limits are set anew for every statement', async () => {
    const session = openSession(url);
    const limits = `SELECT @@max_statement_time AS statement, @@lock_wait_timeout AS metadata_lock,
      @@innodb_lock_wait_timeout AS row_lock, @@idle_transaction_timeout AS idle`;
    expect(await session.rows(limits, { timeoutMs: 2_500 })).toEqual([
      { statement: 2.5, metadata_lock: 3, row_lock: 3, idle: 15 },
    ]);
    expect(
      (await session.run(limits, { timeoutMs: 60_000, readOnly: false })).result?.rows,
    ).toEqual([{ statement: 60, metadata_lock: 5, row_lock: 5, idle: 15 }]);
  });

  test('nobody has to queue behind our wait for a lock', async () => {
    const [session, another] = [openSession(url), openSession(url)];
    const [rowHolder, tableHolder] = [await otherClient(url), await otherClient(url)];
    await rowHolder.ask('START TRANSACTION');
    await rowHolder.ask('SELECT n FROM guarded FOR UPDATE');
    await tableHolder.ask('LOCK TABLES locked WRITE');
    const parts = { timeoutMs: 20_000 };
    const outcomes = await Promise.all([
      session.run('UPDATE guarded SET n = 2', { ...parts, readOnly: false }),
      another.run('SELECT n FROM locked', parts),
    ]);
    for (const outcome of outcomes)
      expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'lock', code: '1205' } });
  });

  test.each([
    ['SELECT nope FROM guarded', 'not_found', undefined],
    ['SELECT * FROM nowhere', 'not_found', undefined],
    ['SELECT 1 FROM guarded\nWHERE = 1', 'syntax', 28],
    ['SELEC 1', 'syntax', 0],
    ['', 'syntax', undefined],
  ] as const)('%j fails as it should', async (text, kind, position) => {
    const session = openSession(url);
    const { error } = (await session.run(text)) as { error: object };
    expect(error).toMatchObject({ kind, phase: 'query' });
    expect((error as { position?: number }).position).toBe(position);
  });

  test('a server that takes no writes is told apart', async () => {
    const admin = await otherClient(url);
    await admin.ask(`CREATE USER app@'%' IDENTIFIED BY 'app-password'`);
    await admin.ask(`GRANT ALL ON shop.* TO app@'%'`);
    await admin.ask('SET GLOBAL read_only = 1');
    const app = server.url({ user: 'app', password: 'app-password', database: 'shop' });
    const session = openSession(app);
    const outcome = await session.run('INSERT INTO guarded VALUES (2)', { readOnly: false });
    await admin.ask('SET GLOBAL read_only = 0');
    expect(outcome).toMatchObject({
      status: 'failed',
      error: { kind: 'read_only', code: '1290', message: expect.stringContaining('--read-only') },
    });
    expect(await session.run('KILL $1', { readOnly: false, values: [1] })).toMatchObject({
      error: { kind: 'not_found', code: '1094' },
    });
    expect(await session.run('SELECT * FROM mysql.user')).toMatchObject({
      error: { kind: 'no_permission', code: '1142' },
    });
  });
});
