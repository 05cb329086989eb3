import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import { hasMariadb, openSession, otherClient, setUp } from '../../support/mysql-session.ts';
import { draws, fc } from '../../support/properties.ts';

describe.skipIf(!hasMariadb)('on MariaDB (sh bin/test-servers.sh)', () => {
  let server: MariadbServer;
  let url: string;

  beforeAll(async () => {
    server = await startMariadb();
    await setUp(server.rootUrl, ['CREATE DATABASE shop', 'CREATE TABLE shop.touched (n int)']);
    url = server.rootUrl.replace(/\/mysql$/, '/shop');
  });

  afterAll(() => server.stop());

  test('values are bound, whatever they contain', async () => {
    const session = openSession(url);
    const values = [`'; DROP TABLE touched; -- \\`, 5, true, null, '{"a":1}', 0.5, '" OR 1=1 #'];
    const text = 'SELECT $1 a, $2 b, $3 c, $4 d, $5 e, $6 f, $7 g, $1 a2, $2 + 0 b2';
    expect(await session.rows(text, { values })).toEqual([
      {
        ...{ a: values[0], b: 5, c: 1, d: null, e: '{"a":1}', f: 0.5, g: values[6] },
        ...{ a2: values[0], b2: 5 },
      },
    ]);
    expect(await session.rows('SELECT n FROM touched')).toEqual([]);
  });

  test('any text is bound as it is, and comes back so', async () => {
    const session = openSession(url);
    const text = fc.string({ unit: fc.constantFrom(...`'"\`\\;-#/*%_\0\n\x1a()€😀a`) });
    await fc.assert(
      fc.asyncProperty(text, text, async (a, b) => {
        expect(await session.rows('SELECT $2 AS b, $1 AS a', { values: [a, b] })).toEqual([
          { a, b },
        ]);
      }),
      draws(100),
    );
  });

  test('a number is a whole number where MySQL wants one', async () => {
    const session = openSession(url);
    const limited = 'SELECT seq FROM seq_1_to_9 LIMIT $1 OFFSET $2';
    expect(await session.rows(limited, { values: [1, 4] })).toEqual([{ seq: 5 }]);
    const set = 'SET SESSION group_concat_max_len = $1';
    expect(await session.run(set, { values: [4_096] })).toMatchObject({ status: 'succeeded' });
    expect(await session.rows('SELECT $1 + 1 AS n', { values: [9_007_199_254_740_991] })).toEqual([
      { n: '9007199254740992' },
    ]);
  });

  test('rows are found again by their values', async () => {
    const session = openSession(url);
    const change = { readOnly: false };
    await session.run('CREATE TABLE visits (id BIGINT, at DATETIME(6))', change);
    await session.run(
      `INSERT INTO visits VALUES (9007199254740993, '2026-11-21 03:04:05.123456'), (2, '2026-11-21 03:04:05')`,
      change,
    );
    const rows = await session.rows('SELECT id, at FROM visits');
    const outcome = await session.run('DELETE FROM visits WHERE (id, at) IN (($1, $2), ($3, $4))', {
      ...change,
      values: rows.flatMap((row) => Object.values(row)),
    });
    expect(outcome).toMatchObject({ status: 'succeeded', result: { row_count: 2 } });
  });

  test('KILL ends the session of that number and no other', async () => {
    const session = openSession(url);
    const [bystander, target] = [await otherClient(url), await otherClient(url)];
    const [found] = await target.ask<{ id: number }>('SELECT CONNECTION_ID() AS id');
    const kill = { readOnly: false, values: [found?.id ?? 0] };
    expect(await session.run('KILL $1', kill)).toMatchObject({ status: 'succeeded' });
    await expect(target.ask('SELECT 1')).rejects.toThrow();
    // A session that ends can be killed until the server has forgotten it.
    await vi.waitFor(async () => {
      const sessions = await bystander.ask<{ Id: number }>('SHOW PROCESSLIST');
      expect(sessions.map(({ Id }) => Id)).not.toContain(found?.id);
    });
    expect(await session.run('KILL $1', kill)).toMatchObject({
      status: 'failed',
      error: { kind: 'not_found', code: '1094' },
    });
    const [other] = await bystander.ask<{ id: number }>('SELECT CONNECTION_ID() AS id');
    const injected = { readOnly: false, values: [`${other?.id} OR 1`] };
    expect(await session.run('KILL $1', injected)).toMatchObject({
      status: 'failed',
      error: {
        kind: 'syntax',
        message: 'KILL takes the number of a session, as a number',
        position: 5,
      },
    });
    expect(await bystander.ask('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test.each([
    [`SELECT '$1'`, 7, /cannot be bound in quotes/],
    ['SHOW STATUS LIKE $1', 17, /right syntax to use near '\?'/],
    ['SELECT n FROM $1', 14, /right syntax/],
  ])(
    'a value where none can be is a mistake with its place: %s',
    async (text, position, message) => {
      const outcome = await openSession(url).run(text, { values: ['x'] });
      expect(outcome).toMatchObject({
        status: 'failed',
        error: { kind: 'syntax', position, message: expect.stringMatching(message) },
      });
    },
  );

  test('no prepared statement stays on the server', async () => {
    const session = openSession(url);
    for (const n of [1, 2, 3]) await session.rows(`SELECT $1 AS n${n}`, { values: [n] });
    expect(await session.rows(`SHOW GLOBAL STATUS LIKE 'Prepared_stmt_count'`)).toMatchObject([
      { Value: '0' },
    ]);
  });
});
