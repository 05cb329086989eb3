import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import { hasMariadb, openSession, setUp } from '../../support/mysql-session.ts';

describe.skipIf(!hasMariadb)(
  'a MariaDB that refuses a login says why (sh bin/test-servers.sh)',
  () => {
    let server: MariadbServer;

    beforeAll(async () => {
      server = await startMariadb();
      await setUp(server.rootUrl, [
        'CREATE DATABASE shop',
        'CREATE DATABASE private',
        `GRANT ALL ON shop.* TO app@'%' IDENTIFIED BY 'app-password'`,
        `CREATE USER locked@'%' IDENTIFIED BY 'x' ACCOUNT LOCK`,
        `CREATE USER expired@'%' IDENTIFIED BY 'x' PASSWORD EXPIRE`,
        `CREATE USER elsewhere@'10.9.9.9' IDENTIFIED BY 'x'`,
        `CREATE USER sslonly@'%' IDENTIFIED BY 'x' REQUIRE SSL`,
      ]);
    });

    afterAll(() => server.stop());

    test.each([
      ['a wrong password', 'app:wrong', 'shop', { kind: 'auth', code: '1045' }],
      ['no password', 'app', 'shop', { kind: 'auth', code: '1045' }],
      ['an account that does not exist', 'absent:x', 'shop', { kind: 'auth', code: '1045' }],
      ['an account for another host', 'elsewhere:x', '', { kind: 'auth', code: '1045' }],
      [
        'an account that needs TLS',
        'sslonly:x',
        '',
        {
          kind: 'auth',
          code: '1045',
          hint: expect.stringMatching(/requires TLS.*ssl-mode=REQUIRED/),
        },
      ],
      ['a locked account', 'locked:x', '', { kind: 'auth', code: '4151' }],
      ['an expired password', 'expired:x', '', { kind: 'auth', code: '1820' }],
      [
        'a database it has no right to, or that is not there',
        'app:app-password',
        'private',
        {
          kind: 'no_permission',
          code: '1044',
          hint: expect.stringMatching(/or it does not exist/),
        },
      ],
    ])('%s', async (_, login, database, error) => {
      const session = openSession(`mysql://${login}@127.0.0.1:${server.port}/${database}`);
      const outcome = await session.run('SELECT 1');
      expect(outcome).toMatchObject({ status: 'failed', error: { phase: 'auth', ...error } });
      expect(JSON.stringify(outcome)).not.toContain('app-password');
      expect(session.connections).toEqual([]);
    });

    test('no such database', async () => {
      const session = openSession(server.rootUrl.replace(/\/mysql$/, '/nowhere'));
      expect(await session.run('SELECT 1')).toMatchObject({
        error: { kind: 'no_database', phase: 'auth', code: '1049' },
      });
    });

    test('a connection outlives the time limit of its login', async () => {
      const session = openSession(server.rootUrl, { connectTimeoutMs: 2_000 });
      await session.rows('SELECT SLEEP(2.5)');
      await session.rows('SELECT 1');
      expect(session.connections).toHaveLength(1);
    });

    test('a password with unencoded characters logs in', async () => {
      const password = 'p$%@/:w?#';
      await setUp(server.rootUrl, [`CREATE USER odd@'%' IDENTIFIED BY '${password}'`]);
      for (const written of [password, encodeURIComponent(password)]) {
        const session = openSession(`mariadb://odd:${written}@127.0.0.1:${server.port}/`);
        expect(await session.rows('SELECT USER() AS who')).toEqual([{ who: 'odd@127.0.0.1' }]);
      }
    });

    test('a server without TLS is reached unless the URL asks for it', async () => {
      const session = openSession(server.rootUrl);
      await session.rows('SELECT 1');
      expect(session.connections).toMatchObject([{ tls: false }]);
      for (const query of ['ssl-mode=REQUIRED', 'sslmode=require', 'ssl=true', 'ssl=1']) {
        const asked = openSession(`${server.rootUrl}?${query}`);
        expect(await asked.run('SELECT 1')).toMatchObject({
          status: 'failed',
          error: { kind: 'tls', phase: 'tls', message: expect.stringContaining('offers no TLS') },
        });
        expect(asked.connections).toEqual([]);
      }
      expect(await openSession(`${server.rootUrl}?useSSL=true`).run('SELECT 1')).toMatchObject({
        error: { kind: 'config', phase: 'tls', message: expect.stringContaining('useSSL=') },
      });
    });
  },
);

/** Starts something that is no MySQL server, and returns its port. */
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

/** The greeting of a MySQL 8 server with TLS. */
function greeting(): Buffer {
  const salt = Buffer.alloc(21, 'abcdefghijklmnopqrst\0');
  const body = Buffer.concat([
    Buffer.from('\n8.4.0\0', 'latin1'),
    Buffer.from([7, 0, 0, 0]),
    salt.subarray(0, 8),
    Buffer.from([0, 0xff, 0xff, 45, 2, 0, 0xff, 0xdf, 21, ...Buffer.alloc(10)]),
    salt.subarray(8),
    Buffer.from('mysql_native_password\0', 'latin1'),
  ]);
  return Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]);
}

/** The error packet that takes the place of a greeting. */
function refusal(number: number, text: string): Buffer {
  const body = Buffer.from(
    `\xff${String.fromCharCode(number & 255, number >> 8)}${text}`,
    'latin1',
  );
  return Buffer.concat([Buffer.from([body.length, 0, 0, 0]), body]);
}

describe('a port without a MySQL server that lets anybody in is told apart', () => {
  test.each<[string, () => Server, string, object]>([
    [
      'silence',
      () => fake(() => {}),
      '',
      {
        kind: 'timeout',
        phase: 'tcp',
        message: expect.stringMatching(/takes the connection and sends nothing within \d+ ms/),
      },
    ],
    [
      'HTTP',
      () => createHttpServer(),
      '',
      {
        kind: 'timeout',
        phase: 'tcp',
        hint: expect.stringMatching(/another service, which waits for its client/),
      },
    ],
    ['a reset', () => fake((socket) => socket.resetAndDestroy()), '', { kind: 'reset' }],
    ['a closed connection', () => fake((socket) => socket.end()), '', { kind: 'reset' }],
    [
      'SSH',
      () => fake((socket) => void socket.write('SSH-2.0-OpenSSH_9.2p1\r\n')),
      '',
      {
        kind: 'config',
        message: expect.stringMatching(
          /not a MySQL or MariaDB server but an SSH server, which says "SSH-2.0-OpenSSH_9.2p1"/,
        ),
      },
    ],
    [
      'a greeting and a silent login',
      () => fake((socket) => void socket.write(greeting())),
      '?ssl-mode=DISABLED',
      {
        kind: 'timeout',
        phase: 'auth',
        message: expect.stringMatching(/does not answer the login/),
      },
    ],
    [
      'a greeting and silence in TLS',
      () => fake((socket) => void socket.write(greeting())),
      '',
      {
        kind: 'timeout',
        phase: 'tls',
        message: expect.stringMatching(/does not answer the TLS handshake/),
      },
    ],
    [
      'a close in TLS',
      () =>
        fake((socket) => {
          socket.write(greeting());
          socket.once('data', () => socket.end());
        }),
      '',
      { kind: 'tls', phase: 'tls' },
    ],
    [
      'a host that is blocked',
      () => fake((socket) => socket.end(refusal(1129, `Host 'h' is blocked`))),
      '',
      { kind: 'auth', code: '1129', phase: 'auth' },
    ],
    [
      'a host without an account',
      () => fake((socket) => socket.end(refusal(1130, `Host 'h' is not allowed`))),
      '',
      { kind: 'auth', code: '1130' },
    ],
    [
      'a full server',
      () => fake((socket) => socket.end(refusal(1040, 'Too many connections'))),
      '?ssl-mode=REQUIRED',
      { kind: 'too_many_connections', code: '1040' },
    ],
  ])('%s', async (_, start, query, error) => {
    const port = await listen(start());
    const session = openSession(`mysql://app:x@127.0.0.1:${port}/shop${query}`, {
      connectTimeoutMs: 500,
    });
    expect(await session.run('SELECT 1')).toMatchObject({ status: 'failed', error });
  });

  test('nothing at all', async () => {
    const port = await listen(createServer());
    const session = openSession(`mysql://app:x@127.0.0.2:${port}/shop`);
    expect(await session.run('SELECT 1')).toMatchObject({
      error: { kind: 'refused', phase: 'tcp', code: 'ECONNREFUSED' },
    });
  });

  test('a host name that does not exist', async () => {
    const session = openSession('mysql://app:x@no-such-host.invalid/shop');
    expect(await session.run('SELECT 1')).toMatchObject({ error: { kind: 'dns', phase: 'dns' } });
  });

  test('a socket file that does not exist', async () => {
    for (const url of ['mysql://app:x@/shop?host=/no/such', 'mysql://app@h/?socket=/no/such'])
      expect(await openSession(url).run('SELECT 1')).toMatchObject({
        error: { kind: 'refused', code: 'ENOENT', message: 'connect ENOENT /no/such' },
      });
  });
});

test.each(['postgres://app@db1/shop', 'https://db1/', 'db1'])('%s is no MySQL URL', async (url) => {
  expect(await openSession(url).run('SELECT 1')).toMatchObject({
    error: { kind: 'config', message: 'the URL is not a MySQL or MariaDB URL' },
  });
});

test('the operator can end the wait for a connection', async () => {
  const controller = new AbortController();
  const port = await listen(fake(() => controller.abort()));
  const session = openSession(`mysql://app:x@127.0.0.1:${port}/shop`);
  const outcome = session.run('SELECT 1', { signal: controller.signal, readOnly: false });
  expect(await outcome).toMatchObject({ status: 'failed', error: { kind: 'cancelled' } });
});
