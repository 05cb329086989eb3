import { connect, createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { openSession, otherClient } from '../../support/postgres-session.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres();
  const session = await import('pg').then(({ default: pg }) => new pg.Client(server.superuserUrl));
  await session.connect();
  await session.query('CREATE TABLE guarded (n int); INSERT INTO guarded VALUES (1)');
  await session.end();
});

afterAll(() => server.stop());

describe('a read', () => {
  test.each([
    'INSERT INTO guarded VALUES (2)',
    'SELECT * FROM guarded FOR UPDATE',
    'WITH gone AS (DELETE FROM guarded RETURNING n) SELECT n FROM gone',
    'CREATE TABLE other (n int)',
  ])('cannot write: %s', async (text) => {
    const session = openSession(server.superuserUrl);
    expect(await session.run(text)).toMatchObject({
      status: 'failed',
      error: { kind: 'read_only', code: '25006', phase: 'query' },
    });
    expect(await session.rows('SELECT n FROM guarded')).toEqual([{ n: 1 }]);
  });

  test.each([
    'SET TRANSACTION READ WRITE',
    `SELECT set_config('transaction_read_only','off',true)`,
  ])('cannot make its transaction writable: %s', async (text) => {
    const session = openSession(server.superuserUrl);
    expect(await session.run(text)).toMatchObject({ status: 'failed' });
  });

  test.each(['SELECT 1; SELECT 2', 'COMMIT; DELETE FROM guarded'])(
    'is one statement: %s',
    async (text) => {
      const session = openSession(server.superuserUrl);
      expect(await session.run(text)).toMatchObject({
        status: 'failed',
        error: { kind: 'syntax', code: '42601' },
      });
      expect(await session.rows('SELECT n FROM guarded')).toEqual([{ n: 1 }]);
    },
  );

  test('leaves no transaction open, whether it succeeds or fails', async () => {
    const session = openSession(server.superuserUrl);
    const other = await otherClient(server.superuserUrl);
    for (const text of ['SELECT 1', 'SELECT 1/0']) {
      await session.run(text);
      const { rows } = await other.query(
        `SELECT state FROM pg_stat_activity WHERE application_name = 'runbook/test'`,
      );
      expect(rows).toEqual([{ state: 'idle' }]);
    }
  });
});

test('a change is one statement as well', async () => {
  const session = openSession(server.superuserUrl);
  const outcome = await session.run('SELECT 1; DELETE FROM guarded', { readOnly: false });
  expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'syntax' } });
});

test('the server looks every two seconds whether the client of a change is still there', async () => {
  const session = openSession(server.superuserUrl);
  const asked = `SELECT current_setting('client_connection_check_interval') AS every`;
  const linux = process.platform === 'linux';
  expect(await session.run(asked, { readOnly: false })).toMatchObject({
    result: { rows: [{ every: linux ? '2s' : '0' }] },
  });
});

test('a change runs outside of a transaction, as some statements need', async () => {
  const session = openSession(server.superuserUrl);
  expect(await session.run('VACUUM guarded', { readOnly: false })).toMatchObject({
    status: 'succeeded',
  });
});

test('a run holds one connection, under its own name', async () => {
  const session = openSession(server.superuserUrl, { applicationName: 'runbook/20261121-x' });
  const [first] = await session.rows('SELECT pg_backend_pid() AS pid');
  await session.run('SELECT 1', { readOnly: false });
  const [second] = await session.rows(
    `SELECT pid, count(*) OVER () AS sessions FROM pg_stat_activity
      WHERE application_name = 'runbook/20261121-x'`,
  );
  expect(second).toEqual({ pid: first?.pid, sessions: 1 });
  expect(session.connections).toMatchObject([
    {
      engine: 'postgres',
      version: server.version,
      session: first?.pid,
      user: 'postgres',
      reserved: false,
      tls: false,
    },
  ]);
  await session.close();
  await session.close();
});

test.each([true, false])('a statement ends when its time is up (read: %s)', async (readOnly) => {
  const session = openSession(server.superuserUrl);
  const outcome = await session.run('SELECT pg_sleep(20)', { readOnly, timeoutMs: 300 });
  expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'timeout', code: '57014' } });
  expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(session.connections).toHaveLength(1);
});

test.each([true, false])(
  'nobody has to queue behind our wait for a lock (read: %s)',
  async (readOnly) => {
    const session = openSession(server.superuserUrl);
    const other = await otherClient(server.superuserUrl);
    await other.query('BEGIN; LOCK TABLE guarded IN ACCESS EXCLUSIVE MODE');
    const outcome = await session.run('SELECT n FROM guarded', { readOnly, timeoutMs: 700 });
    await other.query('ROLLBACK');
    expect(outcome).toMatchObject({ status: 'failed' });
    const settings = await session.rows(
      `SELECT current_setting('lock_timeout') AS lock, current_setting('statement_timeout') AS statement`,
      { timeoutMs: 60_000 },
    );
    expect(settings).toEqual([{ lock: '5s', statement: '1min' }]);
  },
);

test('a lock that is not granted is a failure of its own kind', async () => {
  const session = openSession(server.superuserUrl);
  const other = await otherClient(server.superuserUrl);
  await other.query('BEGIN; LOCK TABLE guarded IN ACCESS EXCLUSIVE MODE');
  const outcome = await session.run('LOCK TABLE guarded IN ACCESS SHARE MODE NOWAIT');
  expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'lock', code: '55P03' } });
  const waited = await session.run('SELECT n FROM guarded', { timeoutMs: 20_000 });
  expect(waited).toMatchObject({ status: 'failed', error: { kind: 'lock', code: '55P03' } });
  await other.query('ROLLBACK');
});

test.each([
  ['SELECT nope FROM guarded', 'not_found', 7],
  ['SELECT * FROM nowhere', 'not_found', 14],
  [`SELECT '😀€', nope FROM guarded`, 'not_found', 14],
  ['SELEC 1', 'syntax', 0],
] as const)('%s fails at its place in the text', async (text, kind, position) => {
  const session = openSession(server.superuserUrl);
  expect(await session.run(text)).toMatchObject({ error: { kind, position, phase: 'query' } });
});

test('what a person is told is what the server said, with its detail and hint', async () => {
  const session = openSession(server.superuserUrl);
  const text = `DO $$ BEGIN RAISE 'no way' USING DETAIL = 'Because.', HINT = 'Ask.', ERRCODE = '42501'; END $$`;
  expect(await session.run(text, { readOnly: false })).toMatchObject({
    status: 'failed',
    error: { kind: 'no_permission', message: 'no way', code: '42501', hint: 'Because. Ask.' },
  });
});

test('what the server says beside its answer is the output of the step', async () => {
  const session = openSession(server.superuserUrl);
  const outcome = await session.run('SELECT pg_terminate_backend(1) AS signalled', {
    readOnly: false,
  });
  expect(outcome).toMatchObject({ status: 'succeeded', result: { rows: [{ signalled: false }] } });
  await session.run('DROP TABLE IF EXISTS nowhere', { readOnly: false });
  expect(session.output).toEqual([
    'stderr: WARNING: PID 1 is not a PostgreSQL backend process\n',
    'stderr: NOTICE: table "nowhere" does not exist, skipping\n',
  ]);
});

test('data for COPY is refused, and the session goes on', async () => {
  const session = openSession(server.superuserUrl);
  const outcome = await session.run('COPY guarded FROM STDIN', { readOnly: false });
  expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'syntax' } });
  expect(await session.run('COPY guarded TO STDOUT')).toMatchObject({ status: 'succeeded' });
  expect(await session.rows('SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(session.connections).toHaveLength(1);
});

/** Stands between a client and the server and, like a pooler, tells it a session number of its own. */
async function startPooler(): Promise<string> {
  const pooler = createServer((client) => {
    const upstream = connect(server.port, server.host);
    client.pipe(upstream);
    upstream.on('data', (chunk) => {
      const key = chunk.indexOf(Buffer.from('K\0\0\0\x0c', 'latin1'));
      if (key !== -1) chunk.writeInt32BE(1, key + 5);
      client.write(chunk);
    });
    for (const socket of [client, upstream])
      socket.on('error', () => {}).on('close', () => [client, upstream].map((s) => s.destroy()));
  });
  await new Promise<void>((done) => {
    pooler.listen(0, '127.0.0.1', done);
  });
  onTestFinished(() => void pooler.close());
  const { port } = pooler.address() as { port: number };
  return server.superuserUrl.replace(`:${server.port}/`, `:${port}/`);
}

test('behind a pooler nothing is set for a session that others will get', async () => {
  const settings = `SELECT current_setting('statement_timeout') AS statement`;
  const pooled = openSession(await startPooler());
  expect((await pooled.run(settings, { readOnly: false })).result?.rows).toEqual([
    { statement: '0' },
  ]);
  expect(await pooled.rows(settings)).toEqual([{ statement: '10s' }]);
  const direct = openSession(server.superuserUrl);
  expect((await direct.run(settings, { readOnly: false })).result?.rows).toEqual([
    { statement: '10s' },
  ]);
});
