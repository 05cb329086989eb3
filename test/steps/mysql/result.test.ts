import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import type { Json } from '#runbook/model/value.ts';
import { hasMariadb, openSession, setUp } from '../../support/mysql-session.ts';

/** What is selected, and how it arrives, as text and in the binary protocol. */
const VALUES: readonly (readonly [string, Json])[] = [
  ['NULL', null],
  ['true', 1],
  ['CAST(42 AS SIGNED)', 42],
  ['-7', -7],
  ['9007199254740991', 9_007_199_254_740_991],
  ['9007199254740993', '9007199254740993'],
  ['18446744073709551615', '18446744073709551615'],
  ['-9223372036854775808', '-9223372036854775808'],
  ['CAST(1.50 AS DECIMAL(10,2))', 1.5],
  ['CAST(100 AS DECIMAL(10,0))', 100],
  ['0.00', 0],
  ['0.0000005', 0.000_000_5],
  ['1790000000.123456', 1_790_000_000.123_456],
  ['3.3333333333333333', '3.3333333333333333'],
  ['12345678901234567890.5', '12345678901234567890.5'],
  ['0.1e0', 0.1],
  ['1e0 / 3', 0.333_333_333_333_333_3],
  ['CAST(0.1 AS FLOAT)', 0.1],
  ['CAST(-12.345 AS FLOAT)', -12.345],
  [`'word'`, 'word'],
  [`'é€😀'`, 'é€😀'],
  [`''`, ''],
  [`CAST('2026-11-21 03:04:05.123456' AS DATETIME(6))`, '2026-11-21 03:04:05.123456'],
  [`CAST('2026-11-21 03:04:05' AS DATETIME(6))`, '2026-11-21 03:04:05.000000'],
  [`CAST('2026-11-21 00:00:00' AS DATETIME)`, '2026-11-21 00:00:00'],
  [`CAST('2026-11-21' AS DATE)`, '2026-11-21'],
  [`CAST('-800:01:02.5' AS TIME(3))`, '-800:01:02.500'],
  [`CAST('00:00:00' AS TIME)`, '00:00:00'],
  [`JSON_OBJECT('a', JSON_ARRAY(1, NULL))`, { a: [1, null] }],
  [`x'4142'`, 'AB'],
  [`x'00ff'`, '0x00ff'],
  [`x'001b'`, '0x001b'],
  [`UNHEX('')`, ''],
  [`b'101'`, '0x05'],
  [`ST_GeomFromText('POINT(1 2)')`, '0x000000000101000000000000000000f03f0000000000000040'],
];

const COLUMNS: readonly (readonly [type: string, written: string, Json])[] = [
  ['TINYINT UNSIGNED', '255', 255],
  ['BIGINT UNSIGNED', '18446744073709551615', '18446744073709551615'],
  ['MEDIUMINT', '-8388608', -8_388_608],
  ['INT ZEROFILL', '42', 42],
  ['BOOLEAN', 'false', 0],
  ['BIT(1)', `b'1'`, 1],
  ['BIT(12)', `b'101010101010'`, 2_730],
  ['BIT(64)', `b'${'1'.repeat(64)}'`, '0xffffffffffffffff'],
  ['YEAR', '2026', 2_026],
  [`ENUM('idle', 'busy')`, `'busy'`, 'busy'],
  [`SET('a', 'b', 'c')`, `'a,c'`, 'a,c'],
  ['TIMESTAMP(6) NULL', `'2026-11-21 03:04:05.120000'`, '2026-11-21 03:04:05.120000'],
  ['JSON', `'{"a": "b"}'`, { a: 'b' }],
  ['JSON', `'7'`, 7],
  ['TEXT', `'{"a": 1}'`, '{"a": 1}'],
  ['BLOB', `'plain'`, 'plain'],
  ['BINARY(3)', `x'ff00ff'`, '0xff00ff'],
  ['VARCHAR(10) CHARACTER SET latin1', `'é'`, 'é'],
  ['UUID', `'ac454385-e58c-11f1-98f4-02fc00000001'`, 'ac454385-e58c-11f1-98f4-02fc00000001'],
  ['INET6', `'::1'`, '::1'],
  ['DATE', `'0000-00-00'`, '0000-00-00'],
];

describe.skipIf(!hasMariadb)('on MariaDB (sh bin/test-servers.sh)', () => {
  let server: MariadbServer;
  let url: string;

  beforeAll(async () => {
    server = await startMariadb({ settings: { sql_mode: 'NO_ENGINE_SUBSTITUTION' } });
    await setUp(server.rootUrl, ['CREATE DATABASE shop', 'CREATE TABLE shop.touched (n int)']);
    url = server.rootUrl.replace(/\/mysql$/, '/shop');
  });

  afterAll(() => server.stop());

  test.each(VALUES)('%s arrives as a value that loses nothing', async (expression, value) => {
    const session = openSession(url);
    expect(await session.rows(`SELECT ${expression} AS value`)).toEqual([{ value }]);
    const bound = `SELECT ${expression} AS value FROM DUAL WHERE 1 = $1`;
    expect(await session.rows(bound, { values: [1] })).toEqual([{ value }]);
  });

  test.each(COLUMNS)('a column of type %s arrives as it is', async (type, written, value) => {
    const session = openSession(url);
    const change = { readOnly: false };
    await session.run(`CREATE OR REPLACE TABLE typed (value ${type})`, change);
    const insert = await session.run(`INSERT INTO typed VALUES (${written}), (DEFAULT)`, change);
    expect(insert).toMatchObject({ status: 'succeeded', result: { row_count: 2 } });
    const text = 'SELECT value FROM typed';
    expect((await session.rows(text))[0]).toEqual({ value });
    expect((await session.rows(`${text} WHERE 1 = $1`, { values: [1] }))[0]).toEqual({ value });
  });

  test('what the server warns of is put out', async () => {
    const session = openSession(url);
    const parts = { values: ['5; DROP'] };
    expect(await session.rows('SELECT $1 + 0 AS n', parts)).toEqual([{ n: 5 }]);
    expect(session.output).toEqual([
      `stderr: Warning 1292: Truncated incorrect DOUBLE value: '5; DROP'\n`,
    ]);
    await session.run(`INSERT INTO touched VALUES ('x')`, { readOnly: false });
    expect(session.output.slice(1)).toEqual([
      expect.stringMatching(/^stderr: Warning 1366: Incorrect integer value: 'x' for column/),
    ]);
    await session.run('DELETE FROM touched', { readOnly: false });
    await session.rows('SELECT 1');
    expect(session.output).toHaveLength(2);
  });

  test.each(['SHOW PROCESSLIST', 'SHOW GLOBAL STATUS', 'EXPLAIN SELECT 1', 'DESCRIBE touched'])(
    'statements with rows of their own are read as any: %s',
    async (text) => {
      expect(await openSession(url).rows(text)).not.toEqual([]);
    },
  );

  test('columns of the same name are all there', async () => {
    expect(await openSession(url).run('SELECT 1 AS n, 2 AS n, 3 AS n_2, 4 AS n')).toEqual({
      status: 'succeeded',
      result: {
        columns: ['n', 'n_2', 'n_2_2', 'n_3'],
        rows: [{ n: 1, n_2: 2, n_2_2: 3, n_3: 4 }],
        row_count: 1,
      },
    });
  });

  test('a change says how many rows it touched', async () => {
    const session = openSession(url);
    const insert = 'INSERT INTO touched SELECT seq FROM seq_1_to_7';
    expect(await session.run(insert, { readOnly: false })).toEqual({
      status: 'succeeded',
      result: { columns: [], rows: [], row_count: 7 },
    });
    expect(await session.run(`${insert} RETURNING n`, { readOnly: false })).toMatchObject({
      result: { columns: ['n'], row_count: 7 },
    });
    // Found and not changed counts, as on PostgreSQL.
    expect(await session.run('UPDATE touched SET n = n', { readOnly: false })).toMatchObject({
      result: { row_count: 14 },
    });
  });

  test('of a procedure the first rows count', async () => {
    const session = openSession(url);
    const create = `CREATE PROCEDURE several(n int) BEGIN
      DO 1; SELECT n AS a UNION SELECT 2; SELECT 3 AS b; END`;
    await session.run(create, { readOnly: false });
    for (const [text, values] of [
      ['CALL several(1)', []],
      ['CALL several($1)', [1]],
    ] as const)
      expect(await session.run(text, { readOnly: false, values })).toMatchObject({
        result: { columns: ['a'], rows: [{ a: 1 }, { a: 2 }], row_count: 2 },
      });
    expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  describe('a large result', () => {
    test('is cut at 1,000 rows and its rows are counted', async () => {
      const session = openSession(url);
      const { result } = await session.run('SELECT seq FROM seq_1_to_5000');
      expect(result).toMatchObject({ row_count: 5_000, truncated: true });
      expect(result?.rows).toHaveLength(1_000);
      const { result: whole } = await session.run('SELECT seq FROM seq_1_to_1000');
      expect(whole).toMatchObject({ row_count: 1_000 });
      expect(whole).not.toHaveProperty('truncated');
    });

    test.each([[[]], [[1]]])(
      'is stopped on the server when nobody could look at it (values: %j)',
      async (values) => {
        const session = openSession(url);
        const text = `SELECT seq, REPEAT('x', 100) AS filler FROM seq_1_to_100000000`;
        const bound = values.length > 0 ? `${text} WHERE seq >= $1` : text;
        const { result } = await session.run(bound, { values });
        expect(result).toMatchObject({ row_count: 100_000, truncated: true });
        // The connection that told the server to stop may still be on its way out.
        await vi.waitFor(
          async () =>
            expect(
              await session.rows('SELECT COUNT(*) AS n FROM information_schema.processlist'),
            ).toEqual([{ n: 1 }]),
          5_000,
        );
        expect(session.connections).toHaveLength(1);
      },
    );

    test('of a change is not stopped: the change runs to its end', async () => {
      const session = openSession(url);
      await session.run('CREATE TABLE many (n int)', { readOnly: false });
      const { result } = await session.run(
        'INSERT INTO many SELECT seq FROM seq_1_to_150000 RETURNING n',
        { readOnly: false },
      );
      expect(result).toMatchObject({ row_count: 150_000, truncated: true });
      expect(await session.rows('SELECT COUNT(*) AS n FROM many')).toEqual([{ n: 150_000 }]);
    });

    test('is cut by size too, and a giant value is replaced by its length', async () => {
      const session = openSession(url);
      const wide = await session.run(`SELECT REPEAT('x', 10000) FROM seq_1_to_500`);
      expect(wide.result).toMatchObject({ row_count: 500, truncated: true });
      expect(JSON.stringify(wide.result).length).toBeLessThan(1_100_000);
      expect(await session.run(`SELECT REPEAT('x', 9000000) AS giant, 1 AS n`)).toMatchObject({
        result: { rows: [{ giant: '‹9000000 bytes left out›', n: 1 }], truncated: true },
      });
    });
  });
});
