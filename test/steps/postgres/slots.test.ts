import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { openSession, otherClient } from '../../support/postgres-session.ts';

/** 12 slots: 7 for everyone, 2 for roles that may use reserved ones, 3 for superusers. */
const SLOTS = { max_connections: 12, reserved_connections: 2, superuser_reserved_connections: 3 };

let server: PostgresServer;
let app: string;
let oncall: string;

beforeAll(async () => {
  server = await startPostgres({ settings: SLOTS });
  const admin = new pg.Client(server.superuserUrl);
  await admin.connect();
  await admin.query(`
    CREATE ROLE app LOGIN PASSWORD 'app-password';
    CREATE ROLE oncall LOGIN PASSWORD 'oncall-password' IN ROLE pg_use_reserved_connections;
    CREATE ROLE limited LOGIN PASSWORD 'limited-password' CONNECTION LIMIT 1;
  `);
  await admin.query('CREATE DATABASE small CONNECTION LIMIT 1');
  await admin.end();
  const login = (user: string) =>
    server.url({ user, password: `${user}-password`, database: 'postgres' });
  app = login('app');
  oncall = login('oncall');
});

/** The server lets go of a slot a moment after its client has left. */
beforeEach(() =>
  vi.waitFor(async () => {
    const admin = new pg.Client(server.superuserUrl);
    await admin.connect();
    const { rows } = await admin.query(
      `SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'`,
    );
    await admin.end();
    expect(rows).toHaveLength(1);
  }, 10_000),
);

afterAll(() => server.stop());

/** Takes `count` more slots until the test has finished. */
async function take(count: number, url: string): Promise<void> {
  for (let i = 0; i < count; i += 1) await otherClient(url);
}

test('with slots free, nobody is said to use a reserved one', async () => {
  await take(6, app);
  const session = openSession(app, { reserveUrl: oncall });
  expect(await session.rows('SELECT session_user::text AS who')).toEqual([{ who: 'app' }]);
  expect(session.connections).toMatchObject([{ user: 'app', reserved: false }]);
});

test('a full server is told apart, with the roles that would still get in', async () => {
  await take(7, app);
  const session = openSession(app);
  expect(await session.run('SELECT 1')).toMatchObject({
    status: 'failed',
    error: {
      kind: 'too_many_connections',
      phase: 'auth',
      code: '53300',
      hint: expect.stringMatching(
        /pg_use_reserved_connections can still log in, and so can a superuser/,
      ),
    },
  });
  await take(2, oncall);
  expect(await session.run('SELECT 1')).toMatchObject({
    error: {
      kind: 'too_many_connections',
      hint: expect.stringMatching(/^Only a superuser can still/),
    },
  });
  await take(3, server.superuserUrl);
  expect(await session.run('SELECT 1')).toMatchObject({
    error: { kind: 'too_many_connections', hint: expect.stringMatching(/not even a superuser/) },
  });
  expect(session.connections).toEqual([]);
});

test('the reserve is used when, and only when, the ordinary login finds no slot', async () => {
  await take(7, app);
  const session = openSession(app, { reserveUrl: oncall });
  expect(await session.rows('SELECT session_user::text AS who')).toEqual([{ who: 'oncall' }]);
  expect(session.connections).toMatchObject([{ user: 'oncall', reserved: true }]);

  const wrong = server.url({ user: 'app', password: 'wrong', database: 'postgres' });
  const refused = openSession(wrong, { reserveUrl: oncall });
  expect(await refused.run('SELECT 1')).toMatchObject({ error: { kind: 'auth' } });
});

test('a reserve that is refused as well is said so', async () => {
  await take(7, app);
  await take(2, oncall);
  const session = openSession(app, { reserveUrl: oncall });
  expect(await session.run('SELECT 1')).toMatchObject({
    error: {
      kind: 'too_many_connections',
      hint: expect.stringMatching(/^The reserve was refused too: remaining .*Only a superuser/),
    },
  });
});

test('a role that gets in through a reserved slot by itself is noticed', async () => {
  await take(7, app);
  for (const url of [oncall, server.superuserUrl]) {
    const session = openSession(url);
    await session.run('SELECT 1');
    expect(session.connections).toMatchObject([{ reserved: true }]);
    await session.close();
  }
});

test('a connection that is held is not refused later', async () => {
  const session = openSession(app);
  await session.run('SELECT 1');
  await take(6, app);
  await expect(otherClient(app)).rejects.toThrow('remaining connection slots');
  expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

describe('a limit that is not the server’s', () => {
  test('of a role names the role', async () => {
    const limited = server.url({
      ...{ user: 'limited', password: 'limited-password', database: 'postgres' },
    });
    await take(1, limited);
    expect(await openSession(limited).run('SELECT 1')).toMatchObject({
      error: {
        kind: 'too_many_connections',
        hint: expect.stringMatching(/^Only the role limited/),
      },
    });
  });

  test('of a database names the database', async () => {
    const small = server.url({ user: 'app', password: 'app-password', database: 'small' });
    await take(1, small);
    expect(await openSession(small).run('SELECT 1')).toMatchObject({
      error: {
        kind: 'too_many_connections',
        hint: expect.stringMatching(/^Only the database small/),
      },
    });
  });
});
