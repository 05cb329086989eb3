import { connect, createServer, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
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

  test('a read that is lost among its rows has failed', async () => {
    const session = openSession(url);
    const other = await otherClient(url);
    const outcome = session.run('SELECT seq, SLEEP(seq DIV 1000) FROM seq_1_to_2000');
    await other.ask(`KILL ${await sleepingSession(other)}`);
    expect(await outcome).toMatchObject({ status: 'failed', error: { kind: 'reset' } });
  });

  test('a session that ends itself is lost, by the number of what it says', async () => {
    const session = openSession(url);
    expect(await session.run('KILL CONNECTION_ID()', { readOnly: false })).toMatchObject({
      status: 'unknown',
      error: { kind: 'reset', code: '1927', message: 'Connection was killed' },
    });
    expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });

  /** A way to the server whose connections wait before they get through, from when it is told to. */
  async function startSlowCable() {
    const ends: Socket[] = [];
    let delayMs = 0;
    const cable = createServer((client) => {
      const upstream = connect(server.port, server.host).on('error', () => {});
      ends.push(
        client.on('error', () => {}),
        upstream,
      );
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
      delay: (ms: number) => {
        delayMs = ms;
      },
    };
  }

  test('an order to end a statement that comes too late does not hit the next one', async () => {
    const cable = await startSlowCable();
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
});
