import mysql, { type Connection } from 'mysql2/promise';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import { HARMLESS_FUNCTIONS } from '#safety/effects/mysql/functions.ts';
import { inferMysql } from '#safety/effects/mysql/infer.ts';
import { hasMariadb } from '../../support/mysql-session.ts';

/** Functions that MySQL has and MariaDB 10.11 has not. */
const ONLY_MYSQL = `ANY_VALUE BIN_TO_UUID FORMAT_BYTES FORMAT_PICO_TIME GROUPING GTID_SUBSET
  GTID_SUBTRACT ICU_VERSION IS_UUID JSON_STORAGE_SIZE PS_CURRENT_THREAD_ID PS_THREAD_ID REGEXP_LIKE
  ROLES_GRAPHML SOURCE_POS_WAIT STATEMENT_DIGEST STATEMENT_DIGEST_TEXT UUID_TO_BIN
  WAIT_FOR_EXECUTED_GTID_SET`.split(/\s+/);

const NO_SUCH_FUNCTION = 1305;

describe.runIf(hasMariadb)('on a real MariaDB (sh bin/test-servers.sh)', () => {
  let server: MariadbServer;
  let connection: Connection;

  beforeAll(async () => {
    server = await startMariadb();
    connection = await mysql.createConnection(server.rootUrl);
  });

  afterAll(async () => {
    await connection.end();
    await server.stop();
  });

  async function errorOf(sql: string): Promise<number | undefined> {
    try {
      await connection.query(sql);
      return undefined;
    } catch (error) {
      return (error as { readonly errno?: number }).errno;
    }
  }

  test('every function that is taken for harmless is the server’s own', async () => {
    const missing: string[] = [];
    for (const name of HARMLESS_FUNCTIONS)
      if ((await errorOf(`SELECT ${name}(1, 2, 3, 4, 5, 6, 7, 8, 9)`)) === NO_SUCH_FUNCTION)
        missing.push(name);
    expect(missing.toSorted()).toEqual(ONLY_MYSQL.toSorted());
  });

  // Each can be the name of a function of the database, and would be called here.
  test.each(
    ['path', 'columns', 'offset', 'nested', 'any', 'some', 'against', 'datetime', 'value'].map(
      (name) => [name],
    ),
  )('%s() is a function of the database, and no read', async (name) => {
    await connection.query('CREATE DATABASE IF NOT EXISTS calls');
    await connection.query('USE calls');
    const created = await errorOf(`CREATE FUNCTION \`${name}\` (a INT) RETURNS INT RETURN a + 1`);
    expect(created).toBeUndefined();
    expect(inferMysql(`SELECT ${name}(1)`).effect).not.toBe('read');
  });

  test('what SET STATEMENT is for is carried out', async () => {
    await connection.query('CREATE DATABASE IF NOT EXISTS calls');
    await connection.query('CREATE TABLE calls.t AS SELECT 1 AS a');
    const sql = 'SET STATEMENT max_statement_time = 5 FOR DELETE FROM calls.t';
    expect(inferMysql(sql).effect).toBe('destructive');
    await connection.query(sql);
    const [rows] = await connection.query('SELECT * FROM calls.t');
    expect(rows).toEqual([]);
  });
});
