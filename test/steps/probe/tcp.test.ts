import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { closedPort, endpoint, fullBacklog } from '../../support/fake-endpoints.ts';
import { runProbe } from '../../support/run-probe.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('a port that is listened on is connected to, and left at once', async () => {
  const left = Promise.withResolvers<string>();
  const port = await endpoint((socket) => {
    socket.on('data', () => left.resolve('something was sent'));
    socket.on('close', () => left.resolve('nothing was sent'));
  });
  const { status, result } = await runProbe('tcp', { host: '127.0.0.1', port });
  expect(status).toBe('succeeded');
  expect(result).toEqual({
    connected: true,
    ms: expect.any(Number),
    addresses: [
      {
        address: '127.0.0.1',
        ok: true,
        kind: 'none',
        code: null,
        ms: expect.any(Number),
        attempts: 1,
        failed: 0,
        loss: 0,
        min_ms: expect.any(Number),
        median_ms: expect.any(Number),
        max_ms: expect.any(Number),
      },
    ],
  });
  expect(await left.promise).toBe('nothing was sent');
});

test('a port that nobody listens on is refused', async () => {
  const port = await closedPort();
  const { status, error, result } = await runProbe('tcp', { host: '127.0.0.1', port });
  expect(status).toBe('failed');
  expect(error).toMatchObject({ kind: 'refused', phase: 'tcp', code: 'ECONNREFUSED' });
  expect(result).toMatchObject({
    connected: false,
    ms: expect.any(Number),
    addresses: [
      { ok: false, kind: 'refused', code: 'ECONNREFUSED', failed: 1, loss: 1, min_ms: null },
    ],
  });
});

test('a server on another address of the machine is refused too', async () => {
  const port = await endpoint(() => {});
  const { error } = await runProbe('tcp', { host: '127.0.0.2', port });
  expect(error).toMatchObject({ kind: 'refused', phase: 'tcp' });
});

test('a server whose queue is full does not answer in time', async () => {
  const port = await fullBacklog();
  const options = { timeoutMs: 300 };
  const { error, result } = await runProbe('tcp', { host: '127.0.0.1', port }, options);
  expect(error).toMatchObject({
    kind: 'timeout',
    phase: 'tcp',
    message: expect.stringMatching(/^no answer from 127\.0\.0\.1:\d+ within [\d.]+ m?s$/),
    hint: expect.stringMatching(/queue of connections is full/),
  });
  expect(result.addresses).toMatchObject([{ kind: 'timeout', ok: false }]);
});

test('several attempts share the time, and tell what is lost and how long it took', async () => {
  const port = await endpoint(() => {});
  const { result } = await runProbe('tcp', { host: '127.0.0.1', port, attempts: 5 });
  const [address] = result.addresses as [{ min_ms: number; median_ms: number; max_ms: number }];
  expect(address).toMatchObject({ attempts: 5, failed: 0, loss: 0 });
  expect(address.min_ms).toBeLessThanOrEqual(address.median_ms);
  expect(address.median_ms).toBeLessThanOrEqual(address.max_ms);

  const full = await fullBacklog();
  const lost = await runProbe(
    'tcp',
    { host: '127.0.0.1', port: full, attempts: 3 },
    { timeoutMs: 600 },
  );
  // The first attempt has left time for the others.
  expect(lost.result.addresses).toMatchObject([{ attempts: 3, failed: 3, loss: 1 }]);
});

test('a socket file is connected to as well', async () => {
  const path = join(temporaryFolder(), 'mysqld.sock');
  const missing = await runProbe('tcp', { host: path });
  expect(missing.error).toMatchObject({ kind: 'refused', phase: 'tcp', code: 'ENOENT' });
  const server = createServer().listen(path);
  onTestFinished(() => void server.close());
  const { result } = await runProbe('tcp', { host: path });
  expect(result).toMatchObject({ connected: true, addresses: [{ address: path, ok: true }] });
});

test('a host without an address is a fault of its name', async () => {
  const { error, result } = await runProbe('tcp', { host: 'no-such-host.invalid', port: 5432 });
  expect(error).toMatchObject({ kind: 'dns', phase: 'dns' });
  expect(result).toMatchObject({ addresses: [], connected: false, ms: expect.any(Number) });
});

test.each(['255.255.255.255', 'ff02::1'])('there is no way to %s', async (host) => {
  const { error, result } = await runProbe('tcp', { host, port: 5432 });
  expect(error).toMatchObject({ kind: 'unreachable', phase: 'tcp' });
  expect(result.addresses).toMatchObject([{ kind: 'unreachable' }]);
});
