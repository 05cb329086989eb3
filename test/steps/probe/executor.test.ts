import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ProbeName } from '#runbook/model/probe-parameters.ts';
import { createProbeExecutor } from '#steps/probe/executor.ts';
import { reachOne } from '#steps/reach/reach.ts';
import { Stages } from '#steps/reach/stages.ts';
import { Deadline } from '#steps/wire/deadline.ts';
import { closedPort, endpoint, mysqlGreeting } from '../../support/fake-endpoints.ts';
import { runProbe } from '../../support/run-probe.ts';

describe('what a probe is told is checked, and never repeated', () => {
  test.each<[ProbeName, Record<string, never> | object, string, string?]>([
    ['tcp', { port: 1 }, 'tcp needs host'],
    ['tcp', { host: 'db1' }, 'tcp needs port'],
    ['tcp', { host: 'db1', port: 0 }, 'port of tcp is not a whole number from 1 to 65535'],
    ['tcp', { host: 'db1', port: 'hunter2' }, 'port of tcp is not a whole number from 1 to 65535'],
    [
      'tcp',
      { host: 'db1', port: 1, attempts: 21 },
      'attempts of tcp is not a whole number from 1 to 20',
    ],
    ['tcp', { host: 'db1', prot: 1 }, 'tcp has no parameter "prot"', 'did you mean "port"?'],
    ['tls', { host: ['hunter2'], port: 1 }, 'host of tls is not text'],
    ['tls', { host: 'db1', port: 1, verify: 'hunter2' }, 'verify of tls is neither true nor false'],
    [
      'tls',
      { host: 'db1', port: 1, engine: 'oracle' },
      'engine of tls is not one of postgres, mysql, mariadb, direct',
    ],
    ['login', { url: null }, 'login needs url'],
    [
      'http',
      { url: 'http://db1', expect_status: ['ok'] },
      'expect_status of http is not a whole number',
    ],
  ])('%s with %j', async (probe, params, message, hint) => {
    const { status, error, result } = await runProbe(probe, params as Record<string, never>);
    expect(status).toBe('failed');
    expect(error).toMatchObject({ kind: 'config', message, ...(hint !== undefined && { hint }) });
    expect(result.ms).toEqual(expect.any(Number));
    expect(JSON.stringify({ error, result })).not.toContain('hunter2');
  });

  test('numbers and booleans may come as text, and null is left out', async () => {
    const port = await endpoint(() => {});
    const params = { host: '127.0.0.1', port: String(port), attempts: null };
    expect((await runProbe('tcp', params)).status).toBe('succeeded');
  });
});

/** What takes for ever at an endpoint that never says anything. */
const ENDLESS: readonly (readonly [ProbeName, (port: number) => object])[] = [
  ['tls', (port) => ({ host: '127.0.0.1', port, engine: 'postgres' })],
  ['tls', (port) => ({ host: '127.0.0.1', port, engine: 'mysql' })],
  ['tls', (port) => ({ host: '127.0.0.1', port, engine: 'direct' })],
  ['login', (port) => ({ url: `postgres://app:x@127.0.0.1:${port}/shop` })],
  ['login', (port) => ({ url: `postgres://app:x@127.0.0.1:${port}/shop?sslmode=disable` })],
  ['login', (port) => ({ url: `mysql://app:x@127.0.0.1:${port}/shop` })],
  ['http', (port) => ({ url: `http://127.0.0.1:${port}/` })],
];

describe.each(ENDLESS)('%s that waits', (probe, paramsFor) => {
  test('ends with its time, and hangs up', async () => {
    const hungUp = Promise.withResolvers<void>();
    const port = await endpoint((socket) => {
      socket.resume().on('close', () => hungUp.resolve());
    });
    const params = paramsFor(port) as Record<string, string>;
    const { error } = await runProbe(probe, params, { timeoutMs: 250 });
    expect(error?.kind).toBe('timeout');
    await hungUp.promise;
  });

  test('ends when the operator ends it', async () => {
    const controller = new AbortController();
    const end = () => controller.abort();
    const port = await endpoint((socket) => {
      // MySQL's clients wait for the server, all others speak first.
      if (JSON.stringify(paramsFor(0)).includes('mysql')) end();
      else socket.once('data', end);
    });
    const params = paramsFor(port) as Record<string, string>;
    const { error } = await runProbe(probe, params, {
      timeoutMs: 60_000,
      signal: controller.signal,
    });
    expect(error?.kind).toBe('cancelled');
  });

  test('does not begin when the operator has ended it before', async () => {
    let connections = 0;
    const port = await endpoint(() => {
      connections += 1;
    });
    const params = paramsFor(port) as Record<string, string>;
    const { error } = await runProbe(probe, params, { signal: AbortSignal.abort() });
    expect(error?.kind).toBe('cancelled');
    expect(connections).toBe(0);
  });
});

test.each<[ProbeName, object]>([
  ['tcp', { host: '127.0.0.1', port: 1 }],
  ['dns', { host: 'localhost' }],
])('%s does not begin when the operator has ended it before', async (probe, params) => {
  const signal = AbortSignal.abort();
  const { error } = await runProbe(probe, params as Record<string, string>, { signal });
  expect(error?.kind).toBe('cancelled');
});

test.each<[ProbeName, (port: number) => object]>([
  ['tls', (port) => ({ host: '127.0.0.1', port, engine: 'postgres' })],
  ['login', (port) => ({ url: `postgres://app:x@127.0.0.1:${port}/shop?sslmode=require` })],
])('%s hangs up as soon as it has failed', async (probe, paramsFor) => {
  const hungUp = Promise.withResolvers<void>();
  const port = await endpoint((socket) => {
    socket.once('data', () => socket.write('N')).on('close', () => hungUp.resolve());
  });
  const executor = createProbeExecutor({ applicationName: 'runbook/test', env: {} });
  onTestFinished(() => executor.close());
  const params = paramsFor(port) as Record<string, string>;
  const outcome = await executor.execute(
    { kind: 'probe', probe, params, timeoutMs: 60_000 },
    { signal: new AbortController().signal, onOutput: () => {} },
  );
  expect(outcome).toMatchObject({ status: 'failed', error: { kind: 'tls' } });
  await hungUp.promise;
});

test('closing ends what runs', async () => {
  const executor = createProbeExecutor({ applicationName: 'runbook/test', env: {} });
  const connected = Promise.withResolvers<void>();
  const port = await endpoint(() => connected.resolve());
  const outcome = executor.execute(
    {
      kind: 'probe',
      probe: 'tls',
      params: { host: '127.0.0.1', port, engine: 'postgres' },
      timeoutMs: 60_000,
    },
    { signal: new AbortController().signal, onOutput: () => {} },
  );
  await connected.promise;
  await executor.close();
  expect(await outcome).toMatchObject({ status: 'failed', error: { kind: 'cancelled' } });
  await executor.close();
});

describe('of several addresses', () => {
  const reachPorts = async (ports: readonly number[], timeoutMs = 1_000) => {
    const deadline = new Deadline(timeoutMs, new AbortController().signal);
    const places = ports.map((port) => ({ host: '127.0.0.1', port }));
    const reached = await reachOne(places, deadline, new Stages());
    reached.socket?.destroy();
    return reached;
  };

  test('the next one is tried', async () => {
    const open = await endpoint(() => {});
    const { error, address } = await reachPorts([await closedPort(), open]);
    expect(error).toBeUndefined();
    expect(address).toBe('127.0.0.1');
  });

  test('all are named when none takes a connection', async () => {
    const ports = [await closedPort(), await closedPort()];
    const { error } = await reachPorts(ports);
    expect(error).toMatchObject({ kind: 'refused', phase: 'tcp' });
    for (const port of ports) expect(error?.message).toContain(`127.0.0.1:${port}`);
  });
});

test.each([
  ['a little slow', 300],
  ['slower than other services are', 1_000],
])('a MySQL server that is %s to greet is not disturbed on that connection', async (_, ms) => {
  const received: Buffer[] = [];
  let connections = 0;
  const port = await endpoint((socket) => {
    connections += 1;
    if (connections === 1) socket.on('data', (chunk: Buffer) => received.push(chunk));
    setTimeout(() => socket.write(mysqlGreeting('8.4.3', { tls: false })), ms);
  });
  const { error, result } = await runProbe(
    'tls',
    { host: '127.0.0.1', port, engine: 'mysql' },
    { timeoutMs: 2_000 },
  );
  expect(error).toMatchObject({ message: 'the server offers no TLS' });
  expect(result).toMatchObject({ version: '8.4.3' });
  expect(Buffer.concat(received)).toHaveLength(0);
});

test.each([
  ['a PostgreSQL server', /a PostgreSQL server/, 'N'],
  ['a web server', /a web server/, 'HTTP/1.1 400 Bad Request\r\n\r\n'],
])('%s on the port of MySQL is known long before the time is over', async (_, what, answer) => {
  const port = await endpoint((socket) => socket.once('data', () => socket.write(answer)));
  const url = `mysql://app:hunter2@127.0.0.1:${port}/shop`;
  const { error } = await runProbe('login', { url }, { timeoutMs: 3_600_000 });
  expect(error).toMatchObject({ kind: 'unexpected', message: expect.stringMatching(what) });
});

test('a silent PostgreSQL server gets one question and no password', async () => {
  const received: Buffer[] = [];
  const port = await endpoint((socket) =>
    socket.on('data', (chunk: Buffer) => received.push(chunk)),
  );
  const url = `postgres://app:hunter2@127.0.0.1:${port}/shop`;
  await runProbe('login', { url }, { timeoutMs: 300 });
  await vi.waitFor(() => expect(received).toHaveLength(1));
  expect(Buffer.concat(received).toString('hex')).toBe('0000000804d2162f');
});
