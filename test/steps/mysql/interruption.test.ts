import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb-server.ts';
import {
  hasMariadb,
  type OtherClient,
  openSession,
  otherClient,
  setUp,
} from '../../support/mysql-session.ts';

describe.skipIf(!hasMariadb)('on MariaDB (sh bin/test-servers.sh)', () => {
  let server: MariadbServer;
  let url: string;

  beforeAll(async () => {
    server = await startMariadb();
    url = server.rootUrl.replace(/\/mysql$/, '/shop');
    await setUp(server.rootUrl, ['CREATE DATABASE shop']);
  });

  afterAll(() => server.stop());

  const SLEEPING = `SELECT ID AS id FROM information_schema.processlist WHERE INFO LIKE '%SLEEP(%' AND ID <> CONNECTION_ID()`;

  /** Waits until a session of ours sleeps, and returns its number. */
  function sleepingSession(other: OtherClient): Promise<number> {
    return vi.waitFor(async () => {
      const rows = await other.ask<{ id: number }>(SLEEPING);
      expect(rows).toHaveLength(1);
      return rows[0]?.id ?? 0;
    }, 10_000);
  }

  test.each([
    [true, []],
    [false, []],
    [true, [600]],
    [false, [600]],
  ])('the operator ends a running statement (read: %s, values: %j)', async (readOnly, values) => {
    const session = openSession(url);
    const other = await otherClient(url);
    const controller = new AbortController();
    const outcome = session.run(`SELECT SLEEP(${values.length > 0 ? '$1' : 600})`, {
      ...{ readOnly, values, timeoutMs: 700_000 },
      signal: controller.signal,
    });
    await sleepingSession(other);
    controller.abort();
    expect(await outcome).toMatchObject({
      status: 'failed',
      error: {
        kind: 'cancelled',
        code: '1317',
        message: 'the statement was ended by the operator',
      },
    });
    expect(await other.ask(SLEEPING)).toEqual([]);
    expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
    expect(session.connections).toHaveLength(1);
    await vi.waitFor(async () => expect(await other.ask('SHOW PROCESSLIST')).toHaveLength(2));
  });

  test('a cancelled change says what the server cannot undo', async () => {
    const session = openSession(url);
    const other = await otherClient(url);
    const outcome = session.run('SELECT SLEEP(600)', { readOnly: false });
    await other.ask(`KILL QUERY ${await sleepingSession(other)}`);
    expect(await outcome).toMatchObject({
      status: 'failed',
      error: {
        kind: 'cancelled',
        hint: expect.stringMatching(/has rolled back the statement in InnoDB/),
      },
    });
  });

  test('a statement that was ended before it began never reaches the server', async () => {
    const session = openSession(url);
    const create = 'CREATE TABLE never (n int)';
    const aborted = { readOnly: false, signal: AbortSignal.abort() };
    expect(await session.run(create, aborted)).toMatchObject({ error: { kind: 'cancelled' } });
    expect(session.connections).toEqual([]);
    await session.rows('SELECT 1');
    expect(await session.run(create, aborted)).toMatchObject({
      status: 'failed',
      error: { kind: 'cancelled' },
    });
    expect(await session.rows(`SHOW TABLES LIKE 'never'`)).toEqual([]);
  });

  test.each([[[]], [[600]]])(
    'a read whose connection is lost has failed; the next one gets a new connection (values: %j)',
    async (values) => {
      const session = openSession(url);
      const other = await otherClient(url);
      const outcome = session.run(`SELECT SLEEP(${values.length > 0 ? '$1' : 600})`, { values });
      const id = await sleepingSession(other);
      await other.ask(`KILL ${id}`);
      expect(await outcome).toMatchObject({
        status: 'failed',
        error: { kind: 'reset', phase: 'query' },
      });
      expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
      expect(session.connections.map((facts) => facts.session === id)).toEqual([true, false]);
    },
  );

  test('a read that is lost among its rows has failed', async () => {
    const session = openSession(url);
    const other = await otherClient(url);
    const outcome = session.run('SELECT seq, SLEEP(seq DIV 1000) FROM seq_1_to_2000');
    await other.ask(`KILL ${await sleepingSession(other)}`);
    expect(await outcome).toMatchObject({ status: 'failed', error: { kind: 'reset' } });
  });

  test.each([[[]], [[600]]])(
    'a change whose connection is lost is unknown, not failed (values: %j)',
    async (values) => {
      const session = openSession(url);
      const other = await otherClient(url);
      const outcome = session.run(`SELECT SLEEP(${values.length > 0 ? '$1' : 600})`, {
        ...{ readOnly: false, values },
      });
      await other.ask(`KILL ${await sleepingSession(other)}`);
      expect(await outcome).toMatchObject({
        status: 'unknown',
        error: { kind: 'reset', hint: expect.stringMatching(/check before/) },
      });
    },
  );

  test('a session that ends itself is lost, by the number of what it says', async () => {
    const session = openSession(url);
    expect(await session.run('KILL CONNECTION_ID()', { readOnly: false })).toMatchObject({
      status: 'unknown',
      error: { kind: 'reset', code: '1927', message: 'Connection was killed' },
    });
    expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  test('a connection that was lost while nothing ran is replaced, and the change runs once', async () => {
    const session = openSession(url);
    const other = await otherClient(url);
    await session.run('CREATE TABLE once_only (n int)', { readOnly: false });
    await other.ask(`KILL ${session.connections[0]?.session}`);
    const outcome = await session.run('INSERT INTO once_only VALUES (1)', { readOnly: false });
    expect(outcome).toMatchObject({ status: 'succeeded', result: { row_count: 1 } });
    expect(await session.rows('SELECT n FROM once_only')).toEqual([{ n: 1 }]);
    expect(session.connections).toHaveLength(2);
  });

  type Cable = {
    readonly url: string;
    /** Lets nothing through any more, without a word. */
    readonly cut: () => void;
    /** Makes the connections that are made from now on wait before they get through. */
    readonly delay: (ms: number) => void;
    /** Resets a connection when it is used the next time, as a firewall does that has forgotten it. */
    readonly forget: () => void;
  };

  /** A way to the server that can be disturbed. */
  async function startCable(): Promise<Cable> {
    const ends: Socket[] = [];
    let isCut = false;
    let delayMs = 0;
    let forgotten: Socket | undefined;
    const cable = createServer((client) => {
      ends.push(client.on('error', () => {}));
      if (isCut) return;
      client.on('data', () => {
        if (forgotten === client) client.resetAndDestroy();
      });
      const upstream = connect(server.port, server.host).on('error', () => {});
      ends.push(upstream);
      setTimeout(() => client.pipe(upstream).pipe(client), delayMs);
    });
    await new Promise<void>((done) => {
      cable.listen(0, '127.0.0.1', done);
    });
    onTestFinished(() => {
      for (const end of ends) end.destroy();
      cable.close();
    });
    const { port } = cable.address() as { port: number };
    return {
      url: url.replace(`:${server.port}/`, `:${port}/`),
      cut: () => {
        isCut = true;
        for (const end of ends) end.unpipe();
      },
      delay: (ms) => {
        delayMs = ms;
      },
      forget: () => {
        forgotten = ends[0]?.unpipe().resume();
      },
    };
  }

  test.each([
    [true, 'failed'],
    [false, 'unknown'],
  ])('a server that falls silent is given up (read: %s: %s)', async (readOnly, status) => {
    const cable = await startCable();
    const session = openSession(cable.url);
    const other = await otherClient(url);
    const outcome = session.run('SELECT SLEEP(20)', { readOnly, timeoutMs: 500 });
    await sleepingSession(other);
    cable.cut();
    expect(await outcome).toMatchObject({
      status,
      error: {
        kind: 'timeout',
        message: 'the statement did not end within 500 ms',
        hint: expect.stringMatching(/could not be told to end it/),
      },
    });
  });

  test('an order to end a statement that comes too late does not hit the next one', async () => {
    const cable = await startCable();
    const session = openSession(`${cable.url}?ssl-mode=DISABLED`);
    const other = await otherClient(url);
    const controller = new AbortController();
    await session.run('SELECT 1');
    cable.delay(700);
    const outcome = session.run('SELECT SLEEP(0.3)', { signal: controller.signal });
    await sleepingSession(other);
    controller.abort();
    expect(await outcome).toMatchObject({ status: 'succeeded' });
    expect(await session.run('SELECT SLEEP(1)')).toMatchObject({ status: 'succeeded' });
    expect(session.connections).toHaveLength(1);
  });

  test('a connection that breaks as a change is about to be sent is replaced, and the change runs once', async () => {
    const cable = await startCable();
    const session = openSession(`${cable.url}?ssl-mode=DISABLED`);
    await session.run('CREATE TABLE sent_once (n int)', { readOnly: false });
    cable.forget();
    const outcome = await session.run('INSERT INTO sent_once VALUES (1)', { readOnly: false });
    expect(outcome).toMatchObject({ status: 'succeeded' });
    expect(await session.rows('SELECT n FROM sent_once')).toEqual([{ n: 1 }]);
    expect(session.connections).toHaveLength(2);
  });

  test('closing ends what still runs', async () => {
    const session = openSession(url);
    const other = await otherClient(url);
    const outcome = session.run('SELECT SLEEP(600)', { readOnly: false });
    const id = await sleepingSession(other);
    await session.close();
    expect(await outcome).toMatchObject({ status: 'failed', error: { kind: 'cancelled' } });
    await vi.waitFor(async () => {
      const sessions = await other.ask<{ Id: number }>('SHOW PROCESSLIST');
      expect(sessions.map(({ Id }) => Id)).not.toContain(id);
    });
  });

  test('the server going down in a change is unknown, and being down afterwards is a refusal', async () => {
    const own = await startMariadb();
    onTestFinished(() => own.stop());
    const session = openSession(own.rootUrl);
    const other = await otherClient(own.rootUrl);
    const outcome = session.run('SELECT SLEEP(600)', { readOnly: false });
    await sleepingSession(other);
    await own.stop('immediate');
    expect(await outcome).toMatchObject({ status: 'unknown', error: { kind: 'reset' } });
    expect(await session.run('SELECT 1')).toMatchObject({
      status: 'failed',
      error: { kind: 'refused', phase: 'tcp', code: 'ECONNREFUSED' },
    });
  });
});
