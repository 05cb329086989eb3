import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { otherClient } from '../../support/postgres-session.ts';
import { runProbe } from '../../support/run-probe.ts';

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres({
    settings: { max_connections: 8, superuser_reserved_connections: 2 },
    hba: [
      'host all rejected 127.0.0.1/32 reject',
      'hostssl all sslonly 127.0.0.1/32 scram-sha-256',
      'host all postgres,app,limited,absent 127.0.0.1/32 scram-sha-256',
    ],
  });
  await ask(`CREATE ROLE app LOGIN PASSWORD 'app-password'`);
  await ask(`CREATE ROLE sslonly LOGIN PASSWORD 'sslonly-password'`);
  await ask(`CREATE ROLE rejected LOGIN PASSWORD 'x'`);
  await ask(`CREATE ROLE limited LOGIN PASSWORD 'x' CONNECTION LIMIT 0`);
  await ask('CREATE DATABASE closed ALLOW_CONNECTIONS false');
});

afterAll(() => server.stop());

async function ask(sql: string): Promise<unknown[]> {
  const client = new pg.Client(server.superuserUrl);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

function url(user = 'app', password = 'app-password', database = 'postgres'): string {
  return server.url({ user, password, database });
}

test('a login tells the server, the session and how long each stage took', async () => {
  const { status, result } = await runProbe('login', { url: url() });
  expect(status).toBe('succeeded');
  const ms = expect.any(Number);
  expect(result).toEqual({
    engine: 'postgres',
    host: '127.0.0.1',
    port: server.port,
    address: '127.0.0.1',
    version: server.version,
    role: 'app',
    database: 'postgres',
    in_recovery: false,
    read_only: false,
    session: expect.any(Number),
    tls: false,
    protocol: null,
    tls_problem: null,
    row: { one: 1 },
    stages: { dns: ms, tcp: ms, greeting: ms, tls: null, auth: ms, query: ms },
    failed_stage: null,
    ms,
  });
});

describe('a login that is refused says why', () => {
  test.each([
    ['a wrong password', 'app:wrong', 'postgres', 'auth', '28P01'],
    ['no such role', 'absent:x', 'postgres', 'auth', '28P01'],
    ['a rule against it', 'rejected:x', 'postgres', 'auth', '28000'],
    ['no rule for it', 'stranger:x', 'postgres', 'auth', '28000'],
    ['TLS that is asked of this role', 'sslonly:sslonly-password', 'postgres', 'auth', '28000'],
    ['no such database', 'app:app-password', 'nowhere', 'no_database', '3D000'],
    ['a closed database', 'app:app-password', 'closed', 'no_database', '55000'],
    ['no slot for this role', 'limited:x', 'postgres', 'too_many_connections', '53300'],
  ])('%s', async (_, login, database, kind, code) => {
    const written = `postgres://${login}@127.0.0.1:${server.port}/${database}`;
    const { status, error, result } = await runProbe('login', { url: written });
    expect(status).toBe('failed');
    expect(error).toMatchObject({ kind, phase: 'auth', code });
    expect(result).toMatchObject({
      failed_stage: 'auth',
      stages: { greeting: expect.any(Number) },
    });
    expect(JSON.stringify({ error, result })).not.toContain('app-password');
  });

  test('no slot left at all', async () => {
    const held = Array.from({ length: 6 }, () => otherClient(url()));
    await Promise.all(held);
    const { error } = await runProbe('login', { url: url() });
    expect(error).toMatchObject({ kind: 'too_many_connections', phase: 'auth', code: '53300' });
  });
});

test('a statement of the author runs instead, and cannot write', async () => {
  const statement = 'SELECT count(*)::int AS databases FROM pg_database';
  const { result } = await runProbe('login', { url: url(), statement });
  expect(result.row).toEqual({ databases: expect.any(Number) });
  const writing = await runProbe('login', {
    url: server.superuserUrl,
    statement: 'CREATE TABLE t ()',
  });
  expect(writing.error).toMatchObject({ kind: 'read_only', phase: 'query', code: '25006' });
  expect(writing.result).toMatchObject({
    failed_stage: 'query',
    stages: { auth: expect.any(Number) },
  });
  const two = await runProbe('login', { url: url(), statement: 'SELECT 1; SELECT 2' });
  expect(two.error).toMatchObject({ kind: 'syntax', phase: 'query' });
});

test('a statement that takes too long is given up, here and on the server', async () => {
  const slow = { url: url(), statement: 'SELECT pg_sleep(600)' };
  const { error, result } = await runProbe('login', slow, { timeoutMs: 700 });
  expect(error).toMatchObject({ kind: 'timeout', phase: 'query' });
  expect(result).toMatchObject({ failed_stage: 'query' });
  await vi.waitFor(async () =>
    expect(await ask(`SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).toEqual([]),
  );
});

test('a server that would only read is told by its own word', async () => {
  await ask('ALTER ROLE app SET default_transaction_read_only = on');
  onTestFinished(
    async () => void (await ask('ALTER ROLE app RESET default_transaction_read_only')),
  );
  const { result } = await runProbe('login', { url: url() });
  expect(result).toMatchObject({ read_only: true, in_recovery: false });
});

test('no session is left behind', async () => {
  await runProbe('login', { url: url() });
  await vi.waitFor(async () =>
    expect(
      await ask(`SELECT pid FROM pg_stat_activity WHERE application_name = 'runbook/test'`),
    ).toEqual([]),
  );
});

test('a server that hangs is told from one that is away', async () => {
  process.kill(server.pid, 'SIGSTOP');
  try {
    for (const mode of ['prefer', 'disable']) {
      const written = `${url()}?sslmode=${mode}`;
      const { error, result } = await runProbe('login', { url: written }, { timeoutMs: 500 });
      expect(error).toMatchObject({ kind: 'timeout', phase: mode === 'prefer' ? 'tls' : 'auth' });
      expect(result).toMatchObject({ stages: { tcp: expect.any(Number) } });
    }
  } finally {
    process.kill(server.pid, 'SIGCONT');
  }
});

test('the operator ends a login at any stage', async () => {
  const controller = new AbortController();
  const ended = runProbe(
    'login',
    { url: url(), statement: 'SELECT pg_sleep(600)' },
    { signal: controller.signal },
  );
  await vi.waitFor(async () =>
    expect(await ask(`SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'`)).toHaveLength(
      1,
    ),
  );
  controller.abort();
  expect((await ended).error).toMatchObject({ kind: 'cancelled', phase: 'query' });
});
