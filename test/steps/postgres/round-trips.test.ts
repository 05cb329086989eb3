import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { startCountingProxy } from '../../support/counting-proxy.ts';
import { openSession } from '../../support/postgres-session.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

async function openCounted() {
  const { url, taken } = await startCountingProxy(server.superuserUrl);
  const session = openSession(url);
  await session.run('SELECT 1');
  taken();
  return { session, taken };
}

describe('a read takes one round trip', () => {
  test.each([
    ['a row', 'SELECT 1 AS one', []],
    ['with values', 'SELECT $1::int + 1 AS two', [1]],
    ['no rows', 'SELECT 1 WHERE false', []],
    ['more rows than are kept', 'SELECT * FROM generate_series(1, 5000)', []],
    ['more rows than are counted', 'SELECT * FROM generate_series(1, 150000)', []],
  ])('%s', async (_name, text, values) => {
    const { session, taken } = await openCounted();
    expect(await session.run(text, { values })).toMatchObject({ status: 'succeeded' });
    expect(taken()).toBe(1);
    expect(await session.rows('SELECT 2 AS two')).toEqual([{ two: 2 }]);
    expect(taken()).toBe(1);
  });

  test('and one to end its transaction, if it failed', async () => {
    const { session, taken } = await openCounted();
    expect(await session.run('SELECT 1 / 0')).toMatchObject({ status: 'failed' });
    expect(taken()).toBe(2);
    expect(await session.rows('SELECT 2 AS two')).toEqual([{ two: 2 }]);
  });
});

test('a change takes one to see which server it is, and one for itself', async () => {
  const { session, taken } = await openCounted();
  await session.run('CREATE TABLE changed (n int)', { readOnly: false });
  expect(taken()).toBe(2);
  const text = 'DO $$ BEGIN PERFORM $1::int; END $$';
  expect(await session.run(text, { readOnly: false, values: [1] })).toMatchObject({
    status: 'succeeded',
  });
  expect(taken()).toBe(2);
});

test('a login takes one more than its protocol needs', async () => {
  const { url, taken } = await startCountingProxy(server.superuserUrl);
  const session = openSession(url);
  await session.run('SELECT 1');
  const first = taken();
  await session.close();
  // The question for TLS, the startup, two of SCRAM, then the facts, and the read.
  expect(first).toBe(6);
});

test('a read whose result is too wide is ended at the server, and the session goes on', async () => {
  const { session } = await openCounted();
  const wide = "SELECT repeat('x', 200000) FROM generate_series(1, 100000)";
  const outcome = await session.run(wide, { timeoutMs: 60_000 });
  expect(outcome).toMatchObject({ status: 'succeeded', result: { truncated: true } });
  expect(await session.rows('SELECT 2 AS two')).toEqual([{ two: 2 }]);
  expect(session.connections).toHaveLength(1);
});
