import { writeFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { createSecureContext, createServer, TLSSocket, type TlsOptions } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { makeCertificate } from '#lab/setup/certificate.ts';
import { endpoint, listen, mysqlGreeting } from '../../support/fake-endpoints.ts';
import { runProbe } from '../../support/run-probe.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const authority = makeCertificate({ name: 'Lab CA', isAuthority: true });
const otherAuthority = makeCertificate({ name: 'Other CA', isAuthority: true });
const names = ['localhost', '127.0.0.1'];
const good = makeCertificate({ name: 'db1', names, issuer: authority });

/** Starts a server that speaks TLS from the first byte. */
function direct(options: TlsOptions): Promise<number> {
  return listen(createServer(options));
}

/** Starts a server that waits for PostgreSQL's request, says yes, and goes on with TLS. */
function postgresLike(options: TlsOptions): Promise<number> {
  return endpoint((socket) => {
    socket.once('data', () => {
      socket.write('S');
      upgrade(socket, options);
    });
  });
}

/** Starts a server that greets like MySQL, and goes on with TLS when it is asked to. */
function mysqlLike(options: TlsOptions): Promise<number> {
  return endpoint((socket) => {
    socket.write(mysqlGreeting('8.4.3', { tls: true }));
    // What begins the handshake may come along: it is left in the socket.
    socket.once('readable', () => {
      const request = socket.read(36) as Buffer | null;
      const asksForTls = ((request?.readUInt32LE(4) ?? 0) & 0x0800) !== 0;
      if (asksForTls) upgrade(socket, options);
      else socket.destroy();
    });
  });
}

function upgrade(socket: Socket, options: TlsOptions): void {
  const secured = new TLSSocket(socket, {
    isServer: true,
    secureContext: createSecureContext(options),
  });
  secured.on('error', () => socket.destroy());
  secured.on('end', () => secured.end());
}

describe('TLS begins the way of each engine', () => {
  test.each([
    ['postgres', postgresLike],
    ['mysql', mysqlLike],
    ['mariadb', mysqlLike],
    ['direct', direct],
  ])('%s', async (engine, start) => {
    const port = await start({ key: good.key, cert: good.cert + authority.cert });
    const params = { host: 'localhost', port, engine, ca: authority.cert };
    const { status, result } = await runProbe('tls', params);
    expect(status).toBe('succeeded');
    expect(result).toMatchObject({
      address: '127.0.0.1',
      offered: true,
      protocol: 'TLSv1.3',
      cipher: expect.stringMatching(/^TLS_/),
      alpn: null,
      authorized: true,
      reason: null,
      problems: [],
      verify_code: null,
      version: engine.startsWith('m') ? '8.4.3' : null,
      failed_stage: null,
      stages: { tcp: expect.any(Number), tls: expect.any(Number), auth: null },
      ms: expect.any(Number),
    });
  });

  test('and a protocol is named where a direct handshake needs it', async () => {
    const port = await direct({ ...good, ALPNProtocols: ['postgresql'] });
    const params = { host: 'localhost', port, alpn: 'postgresql' };
    expect((await runProbe('tls', params)).result.alpn).toBe('postgresql');
    const wrong = await runProbe('tls', { ...params, alpn: 'http/1.1' });
    expect(wrong.error).toMatchObject({ kind: 'tls', hint: expect.stringMatching(/alpn/) });
  });
});

test('certificates are told as fields, the server’s own first', async () => {
  const port = await direct({ key: good.key, cert: good.cert + authority.cert });
  const { result } = await runProbe('tls', { host: 'localhost', port });
  const own = {
    subject: 'CN=db1',
    issuer: 'CN=Lab CA',
    names,
    not_before: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    not_after: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
    days_left: 9,
    self_signed: false,
    fingerprint: expect.stringMatching(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/),
  };
  expect(result.certificate).toEqual(own);
  expect(result.chain).toMatchObject([own, { subject: 'CN=Lab CA', self_signed: true }]);
});

test.each([
  [-2.5, -2],
  [-0.5, 0],
  [0.5, 0],
  [2.5, 2],
])('a certificate that ends in %d days has %d left', async (until, left) => {
  const { key, cert } = makeCertificate({ name: 'db1', names, from: -9, until });
  const port = await direct({ key, cert });
  const { result } = await runProbe('tls', { host: 'localhost', port });
  expect(result.certificate).toMatchObject({ days_left: left });
});

describe('what a careful client would think of a certificate', () => {
  test.each([
    ['it is fine', good, [], null],
    ['it is expired', { issuer: authority, from: -9, until: -1 }, ['expired'], 'CERT_HAS_EXPIRED'],
    [
      'it is not valid yet',
      { issuer: authority, from: 1 },
      ['not_yet_valid'],
      'CERT_NOT_YET_VALID',
    ],
    [
      'nobody known has signed it',
      { issuer: otherAuthority },
      ['unknown_ca'],
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
    ],
    ['it has signed itself', {}, ['self_signed'], 'DEPTH_ZERO_SELF_SIGNED_CERT'],
    [
      'it is for another name',
      { issuer: authority, names: ['db.internal'] },
      ['name_mismatch'],
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    [
      'all of it is wrong',
      { issuer: otherAuthority, from: -9, until: -1, names: ['db.internal'] },
      ['expired', 'unknown_ca', 'name_mismatch'],
      'CERT_HAS_EXPIRED',
    ],
    [
      'it is expired and has signed itself',
      { from: -9, until: -1 },
      ['expired', 'self_signed'],
      'CERT_HAS_EXPIRED',
    ],
  ])('%s', async (_, parts, problems, code) => {
    const certificate = 'cert' in parts ? parts : makeCertificate({ name: 'db1', names, ...parts });
    const port = await postgresLike(certificate);
    const params = { host: 'localhost', port, engine: 'postgres', ca: authority.cert };
    const { status, result } = await runProbe('tls', params);
    expect(status).toBe('succeeded');
    expect(result).toMatchObject({
      authorized: problems.length === 0,
      reason: problems[0] ?? null,
      problems,
      verify_code: code,
    });

    const verified = await runProbe('tls', { ...params, verify: true });
    expect(verified.status).toBe(problems.length === 0 ? 'succeeded' : 'failed');
    expect(verified.result).toMatchObject({ problems });
    if (code !== null) expect(verified.error).toMatchObject({ kind: 'tls', phase: 'tls', code });
  });

  test('the whole chain of another authority is no better', async () => {
    const certificate = makeCertificate({ name: 'db1', names, issuer: otherAuthority });
    const port = await direct({ ...certificate, cert: certificate.cert + otherAuthority.cert });
    const { result } = await runProbe('tls', { host: 'localhost', port, ca: authority.cert });
    expect(result).toMatchObject({
      problems: ['unknown_ca'],
      verify_code: 'SELF_SIGNED_CERT_IN_CHAIN',
    });
  });

  test('the name can be another than the host, and an address is a name too', async () => {
    const port = await direct(good);
    const ca = join(temporaryFolder(), 'ca.pem');
    writeFileSync(ca, authority.cert);
    const verdictFor = async (host: string, server_name?: string) =>
      (await runProbe('tls', { host, port, ca, server_name: server_name ?? null })).result.problems;
    expect(await verdictFor('127.0.0.1')).toEqual([]);
    expect(await verdictFor('127.0.0.1', 'localhost')).toEqual([]);
    expect(await verdictFor('localhost', 'db.internal')).toEqual(['name_mismatch']);
  });

  test('authorities that cannot be read are not taken for a bad certificate', async () => {
    const port = await direct(good);
    for (const ca of ['/no/such/file.pem', '/dev/null'])
      expect((await runProbe('tls', { host: 'localhost', port, ca })).error).toMatchObject({
        kind: 'config',
        message: expect.stringContaining(ca),
      });
  });
});

describe('a handshake that fails says why', () => {
  test('no version in common', async () => {
    const port = await postgresLike({ ...good, minVersion: 'TLSv1.3' });
    const params = { host: 'localhost', port, engine: 'postgres', max_version: 'TLSv1.2' };
    const { error, result } = await runProbe('tls', params);
    expect(error).toMatchObject({
      kind: 'tls',
      phase: 'tls',
      code: 'ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION',
      hint: expect.stringMatching(/share no TLS version/),
    });
    expect(result).toMatchObject({ offered: true, failed_stage: 'tls', protocol: null });
  });

  test('a version that is too old, unless it is allowed', async () => {
    const old = {
      minVersion: 'TLSv1',
      maxVersion: 'TLSv1.1',
      ciphers: 'DEFAULT@SECLEVEL=0',
    } as const;
    const port = await postgresLike({ ...good, ...old });
    const params = { host: 'localhost', port, engine: 'postgres' };
    const { error } = await runProbe('tls', params);
    expect(error).toMatchObject({
      kind: 'tls',
      hint: expect.stringMatching(/share no TLS version/),
    });
    const { result } = await runProbe('tls', { ...params, min_version: 'TLSv1' });
    expect(result).toMatchObject({ protocol: 'TLSv1.1' });
  });

  test.each([
    [
      'PostgreSQL',
      'postgres',
      () => endpoint((socket) => socket.once('data', () => socket.end('S'))),
    ],
    [
      'MySQL',
      'mysql',
      () =>
        endpoint((socket) => {
          socket.write(mysqlGreeting('8.4.3', { tls: true }));
          socket.once('data', () => socket.end());
        }),
    ],
    ['a direct one', 'direct', () => endpoint((socket) => socket.once('data', () => socket.end()))],
  ])('the server of %s closes', async (_, engine, start) => {
    const { error, result } = await runProbe('tls', {
      host: '127.0.0.1',
      port: await start(),
      engine,
    });
    expect(error).toMatchObject({
      kind: 'tls',
      phase: 'tls',
      message: expect.stringMatching(/closes/),
    });
    expect(result).toMatchObject({ offered: true, failed_stage: 'tls' });
  });

  test('the server hangs in it', async () => {
    const port = await endpoint((socket) => socket.once('data', () => socket.write('S')));
    const params = { host: '127.0.0.1', port, engine: 'postgres' };
    const { error, result } = await runProbe('tls', params, { timeoutMs: 300 });
    expect(error).toMatchObject({ kind: 'timeout', phase: 'tls' });
    expect(result).toMatchObject({ failed_stage: 'tls' });
  });

  test.each([
    ['postgres', () => endpoint((socket) => socket.once('data', () => socket.write('N')))],
    ['mysql', () => endpoint((socket) => socket.write(mysqlGreeting('8.4.3', { tls: false })))],
  ])('the %s server has no TLS', async (engine, start) => {
    const params = { host: '127.0.0.1', port: await start(), engine };
    const { error, result } = await runProbe('tls', params);
    expect(error).toMatchObject({ kind: 'tls', phase: 'tls', message: 'the server offers no TLS' });
    expect(result).toMatchObject({ offered: false, failed_stage: 'greeting' });
    const lenient = await runProbe('tls', { ...params, required: false });
    expect(lenient.error).toBeUndefined();
    expect(lenient.result).toMatchObject({ offered: false, failed_stage: null });
  });

  test('the server speaks in the clear where TLS is expected', async () => {
    const port = await endpoint((socket) => socket.write('SSH-2.0-OpenSSH_9.2p1\r\n'));
    const { error } = await runProbe('tls', { host: '127.0.0.1', port });
    expect(error).toMatchObject({
      kind: 'unexpected',
      phase: 'tls',
      hint: expect.stringMatching(/does not speak TLS/),
    });
  });
});
