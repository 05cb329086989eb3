import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { openSession } from '../../support/postgres-session.ts';

let server: PostgresServer;

async function ask<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]> {
  const client = new pg.Client(server.superuserUrl);
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  server = await startPostgres({
    hba: [
      'host all rejected 127.0.0.1/32 reject',
      'hostssl all sslonly 127.0.0.1/32 scram-sha-256',
      'host all postgres,app,nologin,absent,odd 127.0.0.1/32 scram-sha-256',
    ],
  });
  await ask(`CREATE ROLE app LOGIN PASSWORD 'app-password'`);
  await ask(`CREATE ROLE rejected LOGIN PASSWORD 'x'`);
  await ask(`CREATE ROLE nologin PASSWORD 'x'`);
  await ask(`CREATE ROLE sslonly LOGIN PASSWORD 'sslonly-password'`);
  await ask('CREATE DATABASE closed ALLOW_CONNECTIONS false');
  await ask('CREATE DATABASE private');
  await ask('REVOKE CONNECT ON DATABASE private FROM PUBLIC');
});

afterAll(() => server.stop());

function url(user: string, password: string, database = 'postgres'): string {
  return server.url({ user, password, database });
}

describe('a server that refuses a login says why', () => {
  test.each([
    ['a wrong password', 'app:wrong', 'postgres', { kind: 'auth', code: '28P01' }],
    ['a role that does not exist', 'absent:x', 'postgres', { kind: 'auth', code: '28P01' }],
    ['no password', 'app', 'postgres', { kind: 'auth', hint: expect.stringMatching(/has none/) }],
    ['a rule against it', 'rejected:x', 'postgres', { kind: 'auth', code: '28000' }],
    ['no rule for it', 'stranger:x', 'postgres', { kind: 'auth', code: '28000' }],
    ['a role that may not log in', 'nologin:x', 'postgres', { kind: 'auth', code: '28000' }],
    ['no such database', 'app:app-password', 'nowhere', { kind: 'no_database', code: '3D000' }],
    ['a closed database', 'app:app-password', 'closed', { kind: 'no_database', code: '55000' }],
    ['no right to it', 'app:app-password', 'private', { kind: 'no_permission', code: '42501' }],
  ])('%s', async (_, login, database, error) => {
    const session = openSession(`postgres://${login}@127.0.0.1:${server.port}/${database}`);
    const outcome = await session.run('SELECT 1');
    expect(outcome).toMatchObject({ status: 'failed', error: { phase: 'auth', ...error } });
    expect(JSON.stringify(outcome)).not.toContain('app-password');
  });
});

test('a connection outlives the time limit of its login', async () => {
  const session = openSession(server.superuserUrl, { connectTimeoutMs: 2_000 });
  await session.rows('SELECT pg_sleep(2.5)');
  await session.rows('SELECT 1');
  expect(session.connections).toHaveLength(1);
});

test('a password with unencoded characters logs in', async () => {
  const password = 'p$%@/:w?#';
  await ask(`CREATE ROLE odd LOGIN PASSWORD '${password}'`);
  for (const written of [password, encodeURIComponent(password)]) {
    const session = openSession(`postgres://odd:${written}@127.0.0.1:${server.port}/postgres`);
    expect(await session.rows('SELECT session_user::text AS who')).toEqual([{ who: 'odd' }]);
  }
});

/** Starts something that is no PostgreSQL server, and returns its port. */
async function listen(fake: Server): Promise<number> {
  await new Promise<void>((done) => {
    fake.listen(0, '127.0.0.1', done);
  });
  onTestFinished(() => void fake.close());
  return (fake.address() as { port: number }).port;
}

function fake(greet: (socket: Socket) => void): Server {
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  return createServer((socket) => {
    sockets.push(socket.on('error', () => {}));
    greet(socket);
  });
}

const MYSQL_GREETING = Buffer.from('4a0000000a352e372e32390002000000', 'hex');

describe('a port without a PostgreSQL server is told apart', () => {
  test.each<[string, () => Server, object]>([
    [
      'silence',
      () => fake(() => {}),
      {
        kind: 'timeout',
        message: expect.stringMatching(/sends nothing|does not answer the login/),
      },
    ],
    ['a reset', () => fake((socket) => socket.resetAndDestroy()), { kind: 'reset' }],
    ['a closed connection', () => fake((socket) => socket.end()), { kind: 'reset' }],
    [
      'a close in TLS',
      () => fake((socket) => socket.once('data', () => socket.end('S'))),
      { kind: 'tls', phase: 'tls' },
    ],
    [
      'HTTP',
      () => createHttpServer(),
      {
        kind: 'config',
        message: expect.stringMatching(
          /not a PostgreSQL server but a web server \(HTTP\), which says "HTTP\/1.1 400/,
        ),
      },
    ],
    [
      'SSH',
      () => fake((socket) => void socket.write('SSH-2.0-OpenSSH_9.2p1\r\n')),
      { kind: 'config', message: expect.stringMatching(/SSH server, which says "SSH-2.0/) },
    ],
    [
      'MySQL',
      () => fake((socket) => void socket.write(MYSQL_GREETING)),
      { kind: 'config', message: expect.stringMatching(/but a MySQL server \(5.7.29\)/) },
    ],
  ])('%s', async (_, start, error) => {
    const port = await listen(start());
    for (const mode of ['prefer', 'disable']) {
      if (mode === 'disable' && 'phase' in error) continue;
      const session = openSession(`postgres://app:x@127.0.0.1:${port}/shop?sslmode=${mode}`, {
        connectTimeoutMs: 500,
      });
      expect(await session.run('SELECT 1')).toMatchObject({ status: 'failed', error });
    }
  });

  test('nothing at all', async () => {
    const port = await listen(createServer());
    const freed = openSession(`postgres://app:x@127.0.0.2:${port}/shop`);
    expect(await freed.run('SELECT 1')).toMatchObject({
      error: { kind: 'refused', phase: 'tcp', code: 'ECONNREFUSED' },
    });
  });

  test('a host name that does not exist', async () => {
    const session = openSession('postgres://app:x@no-such-host.invalid/shop');
    expect(await session.run('SELECT 1')).toMatchObject({ error: { kind: 'dns', phase: 'dns' } });
  });

  test('a socket file that does not exist', async () => {
    const session = openSession('postgres://app:x@/shop?host=/no/such/folder');
    expect(await session.run('SELECT 1')).toMatchObject({
      error: { kind: 'refused', code: 'ENOENT' },
    });
  });
});

test('the operator can end the wait for a connection', async () => {
  const controller = new AbortController();
  const port = await listen(fake(() => controller.abort()));
  const session = openSession(`postgres://app:x@127.0.0.1:${port}/shop`);
  const outcome = session.run('SELECT 1', { signal: controller.signal, readOnly: false });
  expect(await outcome).toMatchObject({ status: 'failed', error: { kind: 'cancelled' } });
});

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasOpenssl)('TLS (openssl)', () => {
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'runbook-tls-'));
    const certificate = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
    const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
    const files = ['-keyout', join(folder, 'server.key'), '-out', join(folder, 'server.crt')];
    execFileSync('openssl', [...certificate, ...names, ...files], { stdio: 'ignore' });
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  test('a server without it is reached unless the URL asks for it', async () => {
    await openSession(server.superuserUrl).rows('SELECT 1');
    const session = openSession(`${server.superuserUrl}?sslmode=require`);
    expect(await session.run('SELECT 1')).toMatchObject({
      error: { kind: 'tls', phase: 'tls', message: expect.stringContaining('offers no TLS') },
    });
  });

  test('a server with it is reached as libpq would', async () => {
    const { uid, gid } = statSync(server.dataDir);
    for (const file of ['server.key', 'server.crt']) {
      copyFileSync(join(folder, file), join(server.dataDir, file));
      chownSync(join(server.dataDir, file), uid, gid);
    }
    await ask('ALTER SYSTEM SET ssl = on');
    await ask('SELECT pg_reload_conf()');
    await vi.waitFor(async () => expect(await ask('SHOW ssl')).toEqual([{ ssl: 'on' }]));
    const login = url('sslonly', 'sslonly-password');
    const byName = login.replace('127.0.0.1', 'localhost');
    const root = `sslrootcert=${join(folder, 'server.crt')}`;

    for (const accepted of [
      login,
      `${login}?sslmode=prefer`,
      `${login}?sslmode=require`,
      `${login}?sslmode=require&${root}`,
      `${login}?sslmode=verify-ca&${root}`,
      `${byName}?sslmode=verify-full&${root}`,
    ]) {
      const session = openSession(accepted);
      await session.rows('SELECT 1');
      expect(session.connections).toMatchObject([{ tls: true }]);
    }

    for (const [refused, error] of [
      [`${login}?sslmode=disable`, { kind: 'auth', hint: expect.stringMatching(/requires TLS/) }],
      [`${login}?sslmode=verify-ca`, { kind: 'tls', code: 'DEPTH_ZERO_SELF_SIGNED_CERT' }],
      [
        `${login}?sslmode=verify-full&${root}`,
        { kind: 'tls', code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      ],
      [`${login}?sslmode=verify-full&sslrootcert=/no/such/file`, { kind: 'config', phase: 'tls' }],
      [
        `${login}?sslmode=always`,
        { kind: 'config', message: expect.stringMatching(/sslmode=always/) },
      ],
    ] as const)
      expect(await openSession(refused).run('SELECT 1')).toMatchObject({ status: 'failed', error });
  });

  test('a statement is cancelled through TLS as well', async () => {
    const session = openSession(url('sslonly', 'sslonly-password'));
    await session.rows('SELECT 1');
    expect(session.connections).toMatchObject([{ tls: true }]);
    const controller = new AbortController();
    const outcome = session.run('SELECT pg_sleep(600)', { signal: controller.signal });
    await vi.waitFor(async () =>
      expect(
        await ask(`SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'`),
      ).toHaveLength(1),
    );
    controller.abort();
    expect(await outcome).toMatchObject({ error: { kind: 'cancelled', code: '57014' } });
  });
});
