import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import {
  afterAll,
  beforeAll,
  beforeEach,
  describe,
  expect,
  onTestFinished,
  test,
  vi,
} from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import { hasMariadb, openSession, otherClient, setUp } from '../../support/mysql-session.ts';

/** Slots for everybody; one more connection is let in for root. */
const SLOTS = 10;

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => {
    probe.listen(0, '127.0.0.1', done);
  });
  const { port } = probe.address() as { port: number };
  await new Promise((done) => probe.close(done));
  return port;
}

describe.skipIf(!hasMariadb)('on MariaDB (sh bin/test-servers.sh)', () => {
  let server: MariadbServer;
  let app: string;
  let extra: string;

  beforeAll(async () => {
    const extraPort = await freePort();
    server = await startMariadb({
      settings: {
        max_connections: SLOTS,
        extra_port: extraPort,
        extra_max_connections: 3,
        max_user_connections: 1_000,
      },
    });
    await setUp(server.rootUrl, [
      'CREATE DATABASE shop',
      `GRANT ALL ON shop.* TO app@'%' IDENTIFIED BY 'pw'`,
      `GRANT ALL ON shop.* TO limited@'%' IDENTIFIED BY 'pw' WITH MAX_USER_CONNECTIONS 1`,
      `GRANT ALL ON shop.* TO hourly@'%' IDENTIFIED BY 'pw' WITH MAX_CONNECTIONS_PER_HOUR 1`,
    ]);
    app = login('app');
    extra = app.replace(`:${server.port}/`, `:${extraPort}/`);
  });

  /** The server lets go of a slot a moment after its client has left. */
  beforeEach(() =>
    vi.waitFor(async () => {
      const other = await otherClient(server.rootUrl);
      const sessions = await other.ask('SHOW PROCESSLIST');
      other.connection.destroy();
      expect(sessions).toHaveLength(1);
    }, 10_000),
  );

  afterAll(() => server.stop());

  function login(user: string): string {
    return server.url({ user, password: 'pw', database: 'shop' });
  }

  /** Takes `count` more slots until the test has finished. */
  async function take(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) await otherClient(app);
  }

  const WHO = 'SELECT USER() AS who';

  test('with slots free, nobody is said to use a reserved one', async () => {
    await take(SLOTS - 1);
    const session = openSession(app, { reserveUrl: server.rootUrl });
    expect(await session.rows(WHO)).toEqual([{ who: 'app@127.0.0.1' }]);
    expect(session.connections).toMatchObject([{ user: 'app', reserved: false }]);
  });

  test('a full server is told apart, with the accounts that would still get in', async () => {
    await take(SLOTS);
    const session = openSession(app);
    expect(await session.run('SELECT 1')).toMatchObject({
      status: 'failed',
      error: {
        kind: 'too_many_connections',
        phase: 'auth',
        code: '1040',
        message: 'Too many connections',
        hint: expect.stringMatching(/CONNECTION ADMIN.*SUPER.*extra_port/),
      },
    });
    expect(session.connections).toEqual([]);
  });

  test('the last free slot is enough, also where the server has no TLS', async () => {
    await take(SLOTS - 1);
    const before = await openSession(extra).rows(`SHOW GLOBAL STATUS LIKE 'Aborted_connects'`);
    await openSession(app).rows('SELECT 1');
    expect(await openSession(extra).rows(`SHOW GLOBAL STATUS LIKE 'Aborted_connects'`)).toEqual(
      before,
    );
  });

  test('the reserve is used when, and only when, the ordinary login finds no slot', async () => {
    await take(SLOTS);
    const session = openSession(app, { reserveUrl: server.rootUrl });
    expect(await session.rows(WHO)).toEqual([{ who: 'root@127.0.0.1' }]);
    expect(session.connections).toMatchObject([{ user: 'root', reserved: true }]);
  });

  test('a wrong password is no reason to use the reserve', async () => {
    const wrong = server.url({ user: 'app', password: 'wrong', database: 'shop' });
    const session = openSession(wrong, { reserveUrl: server.rootUrl });
    expect(await session.run('SELECT 1')).toMatchObject({ error: { kind: 'auth' } });
    expect(session.connections).toEqual([]);
  });

  test('a reserve that is refused as well is said so', async () => {
    await take(SLOTS);
    await otherClient(server.rootUrl);
    const session = openSession(app, { reserveUrl: server.rootUrl });
    expect(await session.run('SELECT 1')).toMatchObject({
      error: {
        kind: 'too_many_connections',
        hint: expect.stringMatching(
          /^The reserve was refused too: Too many connections\. One more/,
        ),
      },
    });
  });

  test('a login in progress that holds the last slot for a moment does not shut the run out', async () => {
    await take(SLOTS);
    const inProgress = connect(server.port, '127.0.0.1');
    onTestFinished(() => void inProgress.destroy());
    await once(inProgress, 'data');
    const watch = await otherClient(extra);
    const refused = async () => {
      const rows = await watch.ask(`SHOW GLOBAL STATUS LIKE 'Connection_errors_max_connections'`);
      return Number(rows[0]?.Value);
    };
    const before = await refused();
    const session = openSession(server.rootUrl);
    const outcome = session.run('SELECT 1');
    await vi.waitFor(async () => expect(await refused()).toBeGreaterThan(before), { interval: 5 });
    inProgress.destroy();
    expect(await outcome).toMatchObject({ status: 'succeeded' });
  });

  test('an account that gets in through the reserve by itself is noticed', async () => {
    await take(SLOTS);
    for (const url of [server.rootUrl, extra]) {
      const session = openSession(url);
      await session.run('SELECT 1');
      expect(session.connections).toMatchObject([{ reserved: true }]);
      await session.close();
    }
  });

  test('a connection that is held is not refused later', async () => {
    const session = openSession(app);
    await session.run('SELECT 1');
    await take(SLOTS - 1);
    await expect(otherClient(app)).rejects.toThrow('Too many connections');
    expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test.each([
    ['limited', '1226'],
    ['hourly', '1226'],
  ])('a limit that is not the server’s is told as the account’s (%s)', async (user, code) => {
    await otherClient(login(user));
    expect(await openSession(login(user)).run('SELECT 1')).toMatchObject({
      error: {
        kind: 'too_many_connections',
        code,
        hint: expect.stringMatching(/^Only this account is at its limit/),
      },
    });
  });

  test('so is the one for all accounts', async () => {
    await setUp(server.rootUrl, ['SET GLOBAL max_user_connections = 1']);
    await take(1);
    const outcome = await openSession(app).run('SELECT 1');
    await setUp(server.rootUrl, ['SET GLOBAL max_user_connections = 1000']);
    expect(outcome).toMatchObject({ error: { kind: 'too_many_connections', code: '1203' } });
  });

  describe('a statement that is to be ended when no slot is left', () => {
    const SLOW = 'SELECT SLEEP(600)';

    /** Waits until the statement of ours runs, on a server that is full. */
    async function running(): Promise<void> {
      const other = await otherClient(extra);
      await vi.waitFor(async () => {
        const found = await other.ask(
          `SELECT ID FROM information_schema.processlist WHERE INFO LIKE 'SELECT SLEEP%'`,
        );
        expect(found).toHaveLength(1);
      }, 10_000);
      other.connection.destroy();
    }

    test.each([
      [true, 'failed'],
      [false, 'unknown'],
    ])('loses its connection, and that is said (read: %s: %s)', async (readOnly, status) => {
      const session = openSession(app);
      const controller = new AbortController();
      await session.run('SELECT 1');
      await take(SLOTS - 1);
      const { signal } = controller;
      const outcome = session.run(SLOW, { readOnly, timeoutMs: 3_000, signal });
      await running();
      controller.abort();
      expect(await outcome).toMatchObject({
        status,
        error: {
          kind: 'cancelled',
          hint: expect.stringMatching(
            /could not be told to end it \(Too many connections\) and may still run it/,
          ),
        },
      });
    });

    test('is ended from the reserve', async () => {
      const session = openSession(app, { reserveUrl: server.rootUrl });
      const controller = new AbortController();
      await session.run('SELECT 1');
      await take(SLOTS - 1);
      const outcome = session.run(SLOW, { timeoutMs: 60_000, signal: controller.signal });
      await running();
      controller.abort();
      expect(await outcome).toMatchObject({
        status: 'failed',
        error: { kind: 'cancelled', code: '1317' },
      });
      expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(session.connections).toHaveLength(1);
    });

    test('is cut when it returns far too much, and keeps its slot', async () => {
      const session = openSession(app);
      await session.run('SELECT 1');
      await take(SLOTS - 1);
      const text = `SELECT seq, REPEAT('x', 100) AS filler FROM seq_1_to_100000000`;
      expect(await session.run(text, { timeoutMs: 3_000 })).toMatchObject({
        status: 'succeeded',
        result: { row_count: 100_000, truncated: true },
      });
      expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(session.connections).toHaveLength(1);
    });
  });
});
