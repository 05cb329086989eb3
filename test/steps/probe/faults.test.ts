import { createServer as createHttpServer } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { ErrorKind, ErrorPhase } from '#runbook/model/step-error.ts';
import {
  closedPort,
  endpoint,
  fullBacklog,
  listen,
  mysqlGreeting,
  mysqlRefusal,
} from '../../support/fake-endpoints.ts';
import { runProbe } from '../../support/run-probe.ts';

type Fault = readonly [
  name: string,
  start: () => Promise<number>,
  kind: ErrorKind,
  phase: ErrorPhase,
  code?: string,
];

const SSH_BANNER = 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n';
const TOO_MANY_BEFORE_LOGIN = Buffer.concat([
  Buffer.from([0x45, 0, 0, 0, 90]),
  Buffer.from('SFATAL\0C08P01\0Mno more connections allowed (max_client_conn)\0\0'),
]);

/** What can be wrong before a server of either engine knows what is wanted of it. */
const EITHER: readonly Fault[] = [
  ['nothing listens', closedPort, 'refused', 'tcp', 'ECONNREFUSED'],
  ['the queue of connections is full', fullBacklog, 'timeout', 'tcp'],
  ['the connection is taken in silence', () => endpoint(() => {}), 'timeout', 'tls'],
  [
    'it is reset at once',
    () => endpoint((socket) => socket.resetAndDestroy()),
    'reset',
    'tls',
    'ECONNRESET',
  ],
  ['it is closed at once', () => endpoint((socket) => socket.end()), 'reset', 'tls'],
  ['a web server answers', () => listen(createHttpServer()), 'unexpected', 'tls'],
  [
    'an SSH server answers',
    () => endpoint((socket) => socket.write(SSH_BANNER)),
    'unexpected',
    'tls',
  ],
  [
    'Redis answers',
    () => endpoint((socket) => socket.write('-ERR unknown command\r\n')),
    'unexpected',
    'tls',
  ],
];

const POSTGRES: readonly Fault[] = [
  ...EITHER,
  [
    'it is closed after the question',
    () => endpoint((socket) => socket.once('data', () => socket.end())),
    'reset',
    'tls',
  ],
  [
    'it is closed after the offer of TLS',
    () => endpoint((socket) => socket.once('data', () => socket.end('S'))),
    'tls',
    'tls',
  ],
  [
    'it hangs after the offer of TLS',
    () => endpoint((socket) => socket.once('data', () => socket.write('S'))),
    'timeout',
    'tls',
  ],
  [
    'a MySQL server answers',
    () => endpoint((socket) => socket.write(mysqlGreeting('8.4.3', { tls: true }))),
    'unexpected',
    'tls',
  ],
  [
    'a MySQL server that is full answers',
    () => endpoint((socket) => socket.write(mysqlRefusal(1040, 'Too many connections'))),
    'unexpected',
    'tls',
  ],
  [
    'a pooler is full',
    () => endpoint((socket) => socket.write(TOO_MANY_BEFORE_LOGIN)),
    'too_many_connections',
    'auth',
    '08P01',
  ],
];

const MYSQL: readonly Fault[] = [
  ...EITHER,
  [
    'it is closed within the greeting',
    () => endpoint((socket) => socket.end(mysqlGreeting('8.4.3', { tls: true }).subarray(0, 20))),
    'reset',
    'tls',
  ],
  [
    'a PostgreSQL server answers',
    () => endpoint((socket) => socket.once('data', () => socket.write('N'))),
    'unexpected',
    'tls',
  ],
  [
    'it offers no TLS',
    () => endpoint((socket) => socket.write(mysqlGreeting('8.4.3', { tls: false }))),
    'tls',
    'tls',
  ],
  [
    'it hangs after the greeting',
    () => endpoint((socket) => socket.write(mysqlGreeting('8.4.3', { tls: true }))),
    'timeout',
    'tls',
  ],
  [
    'it is closed after the greeting',
    () => endpoint((socket) => socket.end(mysqlGreeting('8.4.3', { tls: true }))),
    'tls',
    'tls',
  ],
  [
    'the server is full',
    () => endpoint((socket) => socket.end(mysqlRefusal(1040, 'Too many connections'))),
    'too_many_connections',
    'auth',
    '1040',
  ],
  [
    'this host is blocked',
    () =>
      endpoint((socket) =>
        socket.end(
          mysqlRefusal(1129, "Host '10.0.0.1' is blocked because of many connection errors"),
        ),
      ),
    'auth',
    'auth',
    '1129',
  ],
  [
    'this host is not allowed',
    () =>
      endpoint((socket) =>
        socket.end(
          mysqlRefusal(
            1130,
            "#HY000Host '10.0.0.1' is not allowed to connect to this MySQL server",
          ),
        ),
      ),
    'auth',
    'auth',
    '1130',
  ],
];

/** How long a probe waits: long where an answer comes, which may take its time on a busy machine. */
function timeFor(kind: ErrorKind): number {
  return kind === 'timeout' ? 400 : 20_000;
}

describe.each<[engine: string, faults: readonly Fault[], tls: string]>([
  ['postgres', POSTGRES, 'sslmode=require'],
  ['mysql', MYSQL, 'ssl-mode=REQUIRED'],
])('a %s server is looked for where', (engine, faults, tls) => {
  const cases = faults.map(([name, start, ...expected]) => ({ name, start, expected }));
  test.each(cases)('$name', async ({ start, expected: [kind, phase, code] }) => {
    const port = await start();
    const url = `${engine}://app:hunter2@127.0.0.1:${port}/shop?${tls}`;
    const timeoutMs = timeFor(kind);
    for (const outcome of [
      await runProbe('tls', { host: '127.0.0.1', port, engine }, { timeoutMs }),
      await runProbe('login', { url }, { timeoutMs }),
    ]) {
      expect(outcome.status).toBe('failed');
      expect(outcome.error).toMatchObject({ kind, phase, ...(code !== undefined && { code }) });
      expect(outcome.result).toMatchObject({
        ms: expect.any(Number),
        failed_stage: expect.any(String),
      });
      expect(JSON.stringify(outcome)).not.toContain('hunter2');
    }
  });
});

test.each([
  [
    'postgres',
    'an SSH server, which says "SSH-2.0-OpenSSH_9.2p1 Debian-2"',
    () => endpoint((socket) => socket.write(SSH_BANNER)),
  ],
  [
    'postgres',
    'a web server (HTTP), which says "HTTP/1.1 400 Bad Request"',
    () => listen(createHttpServer()),
  ],
  [
    'postgres',
    'a MariaDB server (10.11.19-MariaDB)',
    () =>
      endpoint((socket) => socket.write(mysqlGreeting('5.5.5-10.11.19-MariaDB', { tls: true }))),
  ],
  [
    'mysql',
    'a PostgreSQL server',
    () => endpoint((socket) => socket.once('data', () => socket.write('S'))),
  ],
  [
    'mysql',
    'a web server (HTTP), which says "HTTP/1.1 400 Bad Request"',
    () => listen(createHttpServer()),
  ],
])('instead of a %s server, what answers is said to be %s', async (engine, who, start) => {
  const params = { host: '127.0.0.1', port: await start(), engine };
  const { error } = await runProbe('tls', params, { timeoutMs: timeFor('unexpected') });
  expect(error).toMatchObject({
    kind: 'unexpected',
    message: expect.stringContaining(`but ${who}`),
    hint: expect.stringMatching(/host and port/),
  });
});

describe('without TLS, the first word is the login', () => {
  test.each<[string, () => Promise<number>, ErrorKind]>([
    ['silence', () => endpoint(() => {}), 'timeout'],
    ['an SSH server', () => endpoint((socket) => socket.write(SSH_BANNER)), 'unexpected'],
    ['a web server', () => listen(createHttpServer()), 'unexpected'],
    [
      'a reset',
      () => endpoint((socket) => socket.once('data', () => socket.resetAndDestroy())),
      'reset',
    ],
    ['a close', () => endpoint((socket) => socket.once('data', () => socket.end())), 'reset'],
  ])('%s', async (_, start, kind) => {
    const url = `postgres://app:x@127.0.0.1:${await start()}/shop?sslmode=disable`;
    const { error, result } = await runProbe('login', { url }, { timeoutMs: timeFor(kind) });
    expect(error).toMatchObject({ kind, phase: 'auth' });
    expect(result).toMatchObject({ failed_stage: 'auth', stages: { tcp: expect.any(Number) } });
  });
});

test('a login that is ended after the server’s greeting fails in the login', async () => {
  const port = await endpoint((socket) => {
    socket.write(mysqlGreeting('8.4.3', { tls: false }));
    socket.once('data', () => socket.destroy());
  });
  const { error, result } = await runProbe('login', {
    url: `mysql://app:x@127.0.0.1:${port}/shop`,
  });
  expect(error).toMatchObject({ kind: 'reset', phase: 'auth' });
  expect(result).toMatchObject({ version: '8.4.3', tls: false, failed_stage: 'auth' });
});

test('a host without an address, and a URL that is none, never get as far as a connection', async () => {
  const unknown = await runProbe('login', { url: 'postgres://app:x@no-such-host.invalid/shop' });
  expect(unknown.error).toMatchObject({ kind: 'dns', phase: 'dns' });
  expect(unknown.result).toMatchObject({ failed_stage: 'dns' });
  for (const url of [
    'hunter2',
    'redis://:hunter2@db1',
    'postgres://app:x@db1/shop?sslmode=hunter2',
  ]) {
    const { error } = await runProbe('login', { url });
    expect(error).toMatchObject({ kind: 'config' });
  }
});
