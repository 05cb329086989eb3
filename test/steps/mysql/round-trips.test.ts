import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import { startCountingProxy } from '../../support/counting-proxy.ts';
import { hasMariadb, openSession } from '../../support/mysql-session.ts';

describe.skipIf(!hasMariadb)('on MariaDB (sh bin/test-servers.sh)', () => {
  let server: MariadbServer;

  beforeAll(async () => {
    server = await startMariadb();
  });

  afterAll(() => server.stop());

  async function openCounted() {
    const { url, taken } = await startCountingProxy(server.rootUrl);
    const session = openSession(url);
    await session.run('SELECT 1');
    return { session, taken, login: taken() };
  }

  test.each([
    ['a row', 'SELECT 1 AS one', [], 1],
    // A prepared statement is named by the answer to its preparation.
    ['values', 'SELECT $1 + 1 AS two', [1], 2],
    ['many rows', 'SELECT seq FROM seq_1_to_5000', [], 1],
    ['a failure', 'SELECT no_such_column', [], 1],
    ['values and a failure', 'SELECT no_such_column + $1', [1], 2],
  ])('a read with %s takes %4$i', async (_name, text, values, trips) => {
    const { session, taken } = await openCounted();
    await session.run(text, { values });
    expect(taken()).toBe(trips);
    expect(await session.rows('SELECT 2 AS two')).toEqual([{ two: 2 }]);
    expect(taken()).toBe(1);
  });

  test('a time limit that is new takes one more', async () => {
    const { session, taken } = await openCounted();
    await session.run('SELECT 1', { timeoutMs: 7_000 });
    expect(taken()).toBe(2);
    await session.run('SELECT 1', { timeoutMs: 7_000 });
    expect(taken()).toBe(1);
  });

  test('a change takes one to see which server it is, and one for itself', async () => {
    const { session, taken } = await openCounted();
    await session.run('SET GLOBAL max_connections = 77', { readOnly: false });
    expect(taken()).toBe(2);
    expect(await session.rows('SELECT @@max_connections AS most')).toEqual([{ most: 77 }]);
    expect(taken()).toBe(2);
  });

  test('a login takes one more than its protocol needs', async () => {
    const { login } = await openCounted();
    // The login, the facts with the settings of a usual read, and the read.
    expect(login).toBe(3);
  });
});
