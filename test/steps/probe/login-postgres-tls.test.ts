import { chownSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { type Certificate, makeCertificate } from '#lab/setup/certificate.ts';
import { runProbe } from '../../support/run-probe.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const authority = makeCertificate({ name: 'Lab CA', isAuthority: true });
const names = ['localhost', '127.0.0.1'];

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgres({
    hba: [
      'hostssl all sslonly 127.0.0.1/32 scram-sha-256',
      'host all postgres,app 127.0.0.1/32 scram-sha-256',
    ],
  });
  await ask(`CREATE ROLE app LOGIN PASSWORD 'app-password'`);
  await ask(`CREATE ROLE sslonly LOGIN PASSWORD 'sslonly-password'`);
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

/** Gives the server a certificate, or takes TLS away. */
async function serveTls(certificate: Certificate | undefined): Promise<void> {
  if (certificate !== undefined) {
    const { uid, gid } = statSync(server.dataDir);
    for (const [name, text] of [
      ['server.key', certificate.key],
      ['server.crt', certificate.cert],
    ] as const) {
      const file = join(server.dataDir, name);
      writeFileSync(file, text, { mode: 0o600 });
      chownSync(file, uid, gid);
    }
  }
  await ask(`ALTER SYSTEM SET ssl = ${certificate === undefined ? 'off' : 'on'}`);
  const [before] = (await ask('SELECT pg_conf_load_time() AS at')) as [{ at: Date }];
  await ask('SELECT pg_reload_conf()');
  await vi.waitFor(async () => {
    const [after] = (await ask('SELECT pg_conf_load_time() AS at')) as [{ at: Date }];
    expect(after.at.getTime()).toBeGreaterThan(before.at.getTime());
  });
}

test('a server without it is told apart, and logged in to unless the URL asks for it', async () => {
  await serveTls(undefined);
  const { error, result } = await runProbe('tls', {
    host: '127.0.0.1',
    port: server.port,
    engine: 'postgres',
  });
  expect(error).toMatchObject({ kind: 'tls', phase: 'tls' });
  expect(result).toMatchObject({ offered: false });
  expect((await runProbe('login', { url: `${url()}?sslmode=prefer` })).result.tls).toBe(false);
  const required = await runProbe('login', { url: `${url()}?sslmode=require` });
  expect(required.error).toMatchObject({ kind: 'tls', phase: 'tls' });
  expect(required.error?.hint).toMatch(/ssl = on/);
  expect(required.error?.hint).not.toMatch(/disable|prefer/i);
  expect(required.result).toMatchObject({ failed_stage: 'greeting' });
});

test('a server with it is looked at and logged in to as libpq would', async () => {
  await serveTls(makeCertificate({ name: 'db1', names, issuer: authority }));
  const root = join(temporaryFolder(), 'root.crt');
  writeFileSync(root, authority.cert);
  const params = { host: 'localhost', port: server.port, engine: 'postgres', ca: root };
  expect((await runProbe('tls', params)).result).toMatchObject({
    offered: true,
    protocol: 'TLSv1.3',
    authorized: true,
    certificate: { subject: 'CN=db1', issuer: 'CN=Lab CA', names },
  });
  for (const mode of [
    'prefer',
    'require',
    `verify-ca&sslrootcert=${root}`,
    `verify-full&sslrootcert=${root}`,
  ]) {
    const { result } = await runProbe('login', {
      url: `${url('sslonly', 'sslonly-password')}?sslmode=${mode}`,
    });
    expect(result).toMatchObject({
      role: 'sslonly',
      tls: true,
      protocol: 'TLSv1.3',
      stages: { tls: expect.any(Number), auth: expect.any(Number) },
    });
  }
  const older = `${url()}?sslmode=require&ssl_max_protocol_version=TLSv1.2`;
  expect((await runProbe('login', { url: older })).result.protocol).toBe('TLSv1.2');
  const none = await runProbe('login', { url: `${url()}?ssl_min_protocol_version=TLSv9` });
  expect(none.error).toMatchObject({
    kind: 'config',
    message: 'ssl_min_protocol_version=TLSv9 is not one of TLSv1, TLSv1.1, TLSv1.2, TLSv1.3',
  });
  const unknown = await runProbe('login', { url: `${url()}?sslmode=verify-full` });
  expect(unknown.error).toMatchObject({
    kind: 'tls',
    phase: 'tls',
    code: expect.stringMatching(/UNABLE_TO|SELF_SIGNED/),
  });
  expect(unknown.result).toMatchObject({ failed_stage: 'tls' });
});

test.each([
  ['expired', { from: -9, until: -1 }, 'CERT_HAS_EXPIRED'],
  ['of another name', { names: ['db.internal'] }, 'ERR_TLS_CERT_ALTNAME_INVALID'],
])(
  'a certificate that is %s keeps a careful login out, and is only told otherwise',
  async (_, parts, code) => {
    await serveTls(makeCertificate({ name: 'db1', names, issuer: authority, ...parts }));
    const root = join(temporaryFolder(), 'root.crt');
    writeFileSync(root, authority.cert);
    const careful = await runProbe('login', {
      url: `${url()}?sslmode=verify-full&sslrootcert=${root}`,
    });
    expect(careful.error).toMatchObject({ kind: 'tls', phase: 'tls', code });
    expect((await runProbe('login', { url: `${url()}?sslmode=require` })).result.tls).toBe(true);
    const params = { host: '127.0.0.1', port: server.port, engine: 'postgres', ca: root };
    expect((await runProbe('tls', params)).result).toMatchObject({
      authorized: false,
      verify_code: code,
    });
  },
);

test('PostgreSQL speaks it from the first byte since version 17', async ({ skip }) => {
  skip(server.majorVersion < 17, 'this PostgreSQL is older');
  await serveTls(makeCertificate({ name: 'db1', names, issuer: authority }));
  const params = { host: '127.0.0.1', port: server.port, engine: 'direct' };
  const { result } = await runProbe('tls', { ...params, alpn: 'postgresql' });
  expect(result).toMatchObject({
    alpn: 'postgresql',
    protocol: 'TLSv1.3',
    stages: { greeting: null },
  });
  const login = `${url()}?sslmode=require&sslnegotiation=direct`;
  expect((await runProbe('login', { url: login })).result).toMatchObject({
    tls: true,
    stages: { greeting: null, tls: expect.any(Number) },
  });
});

test('probing leaves nothing in the log of the server', async () => {
  await serveTls(makeCertificate({ name: 'db1', names, issuer: authority }));
  const place = { host: '127.0.0.1', port: server.port };
  const before = readFileSync(server.logFile, 'utf8').length;
  expect((await runProbe('tcp', place)).status).toBe('succeeded');
  expect((await runProbe('tls', { ...place, engine: 'postgres' })).status).toBe('succeeded');
  expect((await runProbe('login', { url: url() })).status).toBe('succeeded');
  await runProbe('login', { url: url('stranger') });
  await vi.waitFor(() => {
    const logged = readFileSync(server.logFile, 'utf8').slice(before).trim();
    expect(logged).toMatch(/^[^\n]*FATAL: {2}no pg_hba\.conf entry[^\n]*"stranger"[^\n]*$/);
  });
});
