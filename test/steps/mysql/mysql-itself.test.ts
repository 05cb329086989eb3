import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MysqlServer, startMysql } from '#lab/servers/mysql.ts';
import { missingEngine } from '#lab/setup/engine.ts';
import { because } from '../../support/because.ts';
import { openSession } from '../../support/mysql-session.ts';

const missing = await missingEngine('mysql');

describe.skipIf(missing !== undefined)(`on MySQL${because(missing)}`, () => {
  let server: MysqlServer;

  beforeAll(async () => {
    server = await startMysql();
  });
  afterAll(() => server?.stop());

  test('a SLEEP that the time limit ended has failed, although the server answers without an error', async () => {
    const session = openSession(server.rootUrl);
    expect(await session.run('SELECT SLEEP(30) AS slept', { timeoutMs: 1_000 })).toMatchObject({
      status: 'failed',
      error: { kind: 'timeout', phase: 'query' },
    });
    expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('a read of the process list says nothing of its deprecation', async () => {
    const session = openSession(server.rootUrl);
    await session.rows('SELECT id FROM information_schema.processlist');
    expect(session.output).toEqual([]);
    await session.rows(`SELECT CAST('5 apples' AS SIGNED) AS five`);
    expect(session.output.join()).toContain('1292');
  });

  test('one statement sets both settings that make a server read-only, with a value of before', async () => {
    const session = openSession(server.rootUrl);
    const sql = 'SET GLOBAL read_only = ON, GLOBAL super_read_only = $1';
    for (const was of [1, 0])
      expect(await session.run(sql, { readOnly: false, values: [was] })).toMatchObject({
        status: 'succeeded',
      });
    const read = 'SELECT @@global.read_only AS own, @@global.super_read_only AS super';
    expect(await session.rows(read)).toEqual([{ own: 1, super: 0 }]);
    await session.run('SET GLOBAL read_only = OFF', { readOnly: false });
  });

  test('a limit is written into a statement about an account as a number', async () => {
    const session = openSession(server.rootUrl);
    const change = { readOnly: false };
    await session.run(`CREATE USER shop@'%'`, change);
    const sql = 'ALTER USER $1@$2 WITH MAX_USER_CONNECTIONS $3';
    const outcome = await session.run(sql, { ...change, values: ['shop', '%', 6] });
    expect(outcome).toMatchObject({ status: 'succeeded' });
    const read = "SELECT max_user_connections AS most FROM mysql.user WHERE user = 'shop'";
    expect(await session.rows(read)).toEqual([{ most: 6 }]);
  });
});
