import { connect, createServer, type Socket } from 'node:net';
import type pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres-server.ts';
import { requestCancel } from '#steps/postgres/connection.ts';
import { openSession, otherClient } from '../../support/postgres-session.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

/** Waits until a session of ours runs `pg_sleep`, and returns its process id. */
function sleepingSession(other: pg.Client): Promise<number> {
  return vi.waitFor(async () => {
    const { rows } = await other.query<{ pid: number }>(
      `SELECT pid FROM pg_stat_activity WHERE application_name = 'runbook/test'
          AND state = 'active' AND wait_event = 'PgSleep'`,
    );
    expect(rows).toHaveLength(1);
    return rows[0]?.pid ?? 0;
  }, 10_000);
}

test.each([true, false])('the operator ends a running statement (read: %s)', async (readOnly) => {
  const session = openSession(server.superuserUrl);
  const other = await otherClient(server.superuserUrl);
  const controller = new AbortController();
  const outcome = session.run('SELECT pg_sleep(600)', {
    readOnly,
    timeoutMs: 700_000,
    signal: controller.signal,
  });
  await sleepingSession(other);
  controller.abort();
  expect(await outcome).toMatchObject({
    status: 'failed',
    error: { kind: 'cancelled', code: '57014', message: 'the statement was ended by the operator' },
  });
  expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(session.connections).toHaveLength(1);
});

test('a cancelled change says what the server cannot undo', async () => {
  const session = openSession(server.superuserUrl);
  const other = await otherClient(server.superuserUrl);
  const outcome = session.run('SELECT pg_sleep(600)', { readOnly: false });
  const pid = await sleepingSession(other);
  await other.query('SELECT pg_cancel_backend($1)', [pid]);
  expect(await outcome).toMatchObject({
    status: 'failed',
    error: { kind: 'cancelled', hint: expect.stringMatching(/has rolled back the statement/) },
  });
});

test('a statement that was ended before it began never reaches the server', async () => {
  const session = openSession(server.superuserUrl);
  await session.run('CREATE SEQUENCE never', { readOnly: false });
  const outcome = await session.run(`SELECT nextval('never')`, {
    readOnly: false,
    signal: AbortSignal.abort(),
  });
  expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'cancelled' } });
  expect(await session.rows('SELECT is_called FROM never')).toEqual([{ is_called: false }]);
});

test('a read whose connection is lost has failed; the next one gets a new connection', async () => {
  const session = openSession(server.superuserUrl);
  const other = await otherClient(server.superuserUrl);
  const outcome = session.run('SELECT pg_sleep(600)');
  const pid = await sleepingSession(other);
  await other.query('SELECT pg_terminate_backend($1)', [pid]);
  expect(await outcome).toMatchObject({
    status: 'failed',
    error: { kind: 'reset', phase: 'query', code: '57P01' },
  });
  expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(session.connections.map((facts) => facts.session === pid)).toEqual([true, false]);
});

test('a change whose connection is lost is unknown, not failed', async () => {
  const session = openSession(server.superuserUrl);
  const other = await otherClient(server.superuserUrl);
  const outcome = session.run('SELECT pg_sleep(600)', { readOnly: false });
  await other.query('SELECT pg_terminate_backend($1)', [await sleepingSession(other)]);
  expect(await outcome).toMatchObject({
    status: 'unknown',
    error: { kind: 'reset', code: '57P01', hint: expect.stringMatching(/check before/) },
  });
});

test('a connection that was lost while nothing ran is replaced, and the change runs once', async () => {
  const session = openSession(server.superuserUrl);
  const other = await otherClient(server.superuserUrl);
  await session.run('CREATE SEQUENCE once_only', { readOnly: false });
  await other.query(`SELECT pg_terminate_backend($1, 5000)`, [session.connections[0]?.session]);
  const outcome = await session.run(`SELECT nextval('once_only')`, { readOnly: false });
  expect(outcome).toMatchObject({ status: 'succeeded', result: { rows: [{ nextval: 1 }] } });
  expect(session.connections).toHaveLength(2);
});

type Cable = {
  readonly url: string;
  /** Lets nothing through any more, without a word. */
  readonly cut: () => void;
  /** Resets a connection when it is used the next time, as a firewall does that has forgotten it. */
  readonly forget: () => void;
};

/** A way to the server that can be disturbed. */
async function startCable(): Promise<Cable> {
  const ends: Socket[] = [];
  let isCut = false;
  let forgotten: Socket | undefined;
  const cable = createServer((client) => {
    ends.push(client.on('error', () => {}));
    if (isCut) return;
    client.on('data', () => {
      if (forgotten === client) client.resetAndDestroy();
    });
    const upstream = connect(server.port, server.host).on('error', () => {});
    ends.push(upstream);
    client.pipe(upstream).pipe(client);
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
    url: server.superuserUrl.replace(`:${server.port}/`, `:${port}/`),
    cut: () => {
      isCut = true;
      for (const end of ends) end.unpipe();
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
  const { url, cut } = await startCable();
  const session = openSession(url);
  const other = await otherClient(server.superuserUrl);
  const outcome = session.run('SELECT pg_sleep(2)', { readOnly, timeoutMs: 500 });
  await vi.waitFor(() => expect(session.connections).toHaveLength(1), {
    timeout: 5_000,
    interval: 1,
  });
  await sleepingSession(other);
  cut();
  expect(await outcome).toMatchObject({
    status,
    error: { kind: 'timeout', message: 'the statement did not end within 500 ms' },
  });
});

test('a connection that breaks as a change is about to be sent is replaced, and the change runs once', async () => {
  const { url, forget } = await startCable();
  const session = openSession(`${url}?sslmode=disable`);
  await session.run('CREATE SEQUENCE sent_once', { readOnly: false });
  forget();
  const outcome = await session.run(`SELECT nextval('sent_once')`, { readOnly: false });
  expect(outcome).toMatchObject({ status: 'succeeded', result: { rows: [{ nextval: 1 }] } });
  expect(session.connections).toHaveLength(2);
});

/** Stands in for a server that gets a request to cancel; returns how to reach it. */
async function startCancelReceiver(onSocket: (socket: Socket) => void) {
  const receiver = createServer({ allowHalfOpen: true }, onSocket);
  await new Promise<void>((done) => {
    receiver.listen(0, '127.0.0.1', done);
  });
  onTestFinished(() => void receiver.close());
  const { port } = receiver.address() as { port: number };
  return { host: '127.0.0.1', port, processId: 1, secretKey: 2 };
}

test('a request to cancel goes through TLS where the session does', async () => {
  const received: string[] = [];
  const target = await startCancelReceiver((socket) => {
    socket.once('data', (chunk) => {
      received.push(chunk.toString('hex'));
      socket.destroy();
    });
  });
  await requestCancel({ ...target, ssl: {} }, 5_000);
  await requestCancel({ ...target, ssl: false }, 5_000);
  expect(received).toEqual(['0000000804d2162f', '0000001004d2162e0000000100000002']);
});

test('a request to cancel waits until a pooler has passed it on', async () => {
  const happened: string[] = [];
  const target = await startCancelReceiver((socket) => {
    socket.on('end', () => happened.push('given up'));
    socket.once('data', () =>
      setTimeout(() => {
        happened.push('passed on');
        socket.destroy();
      }, 100),
    );
  });
  await requestCancel({ ...target, ssl: false }, 5_000);
  expect(happened).toEqual(['passed on']);
});

test('closing ends what still runs', async () => {
  const session = openSession(server.superuserUrl);
  const other = await otherClient(server.superuserUrl);
  const outcome = session.run('SELECT pg_sleep(600)', { readOnly: false });
  await sleepingSession(other);
  await session.close();
  expect(await outcome).toMatchObject({ status: 'failed', error: { kind: 'cancelled' } });
  await vi.waitFor(async () => {
    const { rows } = await other.query(
      `SELECT pid FROM pg_stat_activity WHERE application_name = 'runbook/test'`,
    );
    expect(rows).toEqual([]);
  });
});

test('the server going down in a change is unknown, and being down afterwards is a refusal', async () => {
  const own = await startPostgres();
  onTestFinished(() => own.stop());
  const session = openSession(own.superuserUrl);
  const other = await otherClient(own.superuserUrl);
  const outcome = session.run('SELECT pg_sleep(600)', { readOnly: false });
  await sleepingSession(other);
  await own.stop('immediate');
  expect(await outcome).toMatchObject({ status: 'unknown', error: { kind: 'reset' } });
  expect(await session.run('SELECT 1')).toMatchObject({
    status: 'failed',
    error: { kind: 'refused', phase: 'tcp', code: 'ECONNREFUSED' },
  });
});
