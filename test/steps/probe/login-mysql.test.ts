import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import { makeCertificate } from '#lab/setup/certificate.ts';
import { hasMariadb, otherClient, setUp } from '../../support/mysql-session.ts';
import { runProbe } from '../../support/run-probe.ts';

const authority = makeCertificate({ name: 'Lab CA', isAuthority: true });
const names = ['127.0.0.1'];

describe.skipIf(!hasMariadb)(
  'MariaDB is logged in to stage by stage (sh bin/test-servers.sh)',
  () => {
    let folder: string;
    let ca: string;
    let server: MariadbServer;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'runbook-probe-'));
      // The server runs as another user.
      chmodSync(folder, 0o755);
      ca = write('ca.pem', authority.cert);
      const { key, cert } = makeCertificate({ name: 'db1', names, issuer: authority });
      const settings = { ssl_key: write('key.pem', key), ssl_cert: write('cert.pem', cert) };
      server = await startMariadb({ settings: { ...settings, max_connections: 12 } });
      await setUp(server.rootUrl, [
        'CREATE DATABASE shop',
        `CREATE USER app@'%' IDENTIFIED BY 'app-password'`,
        `GRANT SELECT, INSERT, CREATE ON shop.* TO app@'%'`,
        `CREATE USER sslonly@'%' IDENTIFIED BY 'x' REQUIRE SSL`,
        `CREATE USER locked@'%' IDENTIFIED BY 'x' ACCOUNT LOCK`,
        `CREATE USER limited@'%' IDENTIFIED BY 'x' WITH MAX_USER_CONNECTIONS 1`,
      ]);
    });

    afterAll(async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    });

    function write(name: string, text: string): string {
      const path = join(folder, name);
      writeFileSync(path, text, { mode: 0o644 });
      return path;
    }

    function url(user = 'app', password = 'app-password', database = 'shop'): string {
      return server.url({ user, password, database });
    }

    test('a login tells the server, the session and how long each stage took', async () => {
      const { status, result } = await runProbe('login', { url: url() });
      expect(status).toBe('succeeded');
      const ms = expect.any(Number);
      expect(result).toEqual({
        engine: 'mariadb',
        host: '127.0.0.1',
        port: server.port,
        address: '127.0.0.1',
        version: expect.stringContaining(server.version),
        role: 'app@%',
        database: 'shop',
        in_recovery: null,
        read_only: false,
        session: expect.any(Number),
        tls: true,
        tls_problem: null,
        protocol: 'TLSv1.3',
        row: { one: 1 },
        stages: { dns: ms, tcp: ms, greeting: ms, tls: ms, auth: ms, query: ms },
        failed_stage: null,
        ms,
      });
      const plain = await runProbe('login', { url: `${url()}?ssl-mode=DISABLED` });
      expect(plain.result).toMatchObject({
        tls: false,
        protocol: null,
        stages: { tls: null, auth: ms },
      });
    });

    test.each([
      ['a wrong password', 'app', 'wrong', 'shop', '', 'auth', '1045'],
      ['no such account', 'absent', 'x', 'shop', '', 'auth', '1045'],
      ['an account that wants TLS', 'sslonly', 'x', '', '?ssl-mode=DISABLED', 'auth', '1045'],
      ['a locked account', 'locked', 'x', '', '', 'auth', '4151'],
      ['no right to the database', 'app', 'app-password', 'mysql', '', 'no_permission', '1044'],
    ])(
      'a login that is refused for %s says so',
      async (_, user, password, database, query, kind, code) => {
        const written = `${url(user, password, database)}${query}`;
        const { status, error, result } = await runProbe('login', { url: written });
        expect(status).toBe('failed');
        expect(error).toMatchObject({ kind, phase: 'auth', code });
        expect(result).toMatchObject({ failed_stage: 'auth', version: expect.any(String) });
        expect(JSON.stringify({ error, result })).not.toContain('app-password');
      },
    );

    test('a database that does not exist is named to who may know it', async () => {
      const nowhere = server.rootUrl.replace(/\/mysql$/, '/nowhere');
      const { error } = await runProbe('login', { url: nowhere });
      expect(error).toMatchObject({ kind: 'no_database', phase: 'auth', code: '1049' });
    });

    test('an account at its limit is told from a full server', async () => {
      await otherClient(url('limited', 'x', ''));
      const { error } = await runProbe('login', { url: url('limited', 'x', '') });
      expect(error).toMatchObject({ kind: 'too_many_connections', phase: 'auth', code: '1226' });

      const held = await Promise.all(Array.from({ length: 11 }, () => otherClient(url())));
      const place = { host: '127.0.0.1', port: server.port, engine: 'mysql' };
      const full = { kind: 'too_many_connections', phase: 'auth', code: '1040' };
      const ordinary = await runProbe('login', { url: url() });
      expect(ordinary).toMatchObject({ error: full, result: { failed_stage: 'auth' } });
      // The one slot more that an administrator gets: now nobody is even greeted.
      held.push(await otherClient(server.rootUrl));
      for (const probed of [await runProbe('login', { url: url() }), await runProbe('tls', place)])
        expect(probed).toMatchObject({ error: full, result: { failed_stage: 'greeting' } });
      for (const { connection } of held) connection.destroy();
      const statement = `SELECT COUNT(*) AS n FROM information_schema.processlist WHERE user = 'app'`;
      await vi.waitFor(async () => {
        const { result } = await runProbe('login', { url: server.rootUrl, statement });
        expect(result.row).toEqual({ n: 0 });
      });
    });

    test('a statement of the author runs instead, and cannot write', async () => {
      const statement = 'SELECT COUNT(*) AS tables FROM information_schema.tables';
      const { result } = await runProbe('login', { url: url(), statement });
      expect(result.row).toEqual({ tables: expect.any(Number) });
      const writing = await runProbe('login', { url: url(), statement: 'CREATE TABLE t (i INT)' });
      expect(writing.error).toMatchObject({ kind: 'read_only', phase: 'query', code: '1792' });
      const two = await runProbe('login', { url: url(), statement: 'SELECT 1; SELECT 2' });
      expect(two.error).toMatchObject({ kind: 'syntax', phase: 'query' });
    });

    test('a statement that takes too long is given up, here and on the server', async () => {
      const slow = { url: url(), statement: 'SELECT SLEEP(600)' };
      const { error } = await runProbe('login', slow, { timeoutMs: 800 });
      expect(error).toMatchObject({ kind: 'timeout', phase: 'query' });
      const running = 'SELECT COUNT(*) AS n FROM information_schema.processlist WHERE info LIKE ';
      await vi.waitFor(async () => {
        const { result } = await runProbe('login', {
          url: server.rootUrl,
          statement: `${running} '%SLEEP(6%' AND id <> CONNECTION_ID()`,
        });
        expect(result.row).toEqual({ n: 0 });
      });
    });

    test('a server that only reads says so', async () => {
      await setUp(server.rootUrl, ['SET GLOBAL read_only = 1']);
      onTestFinished(() => setUp(server.rootUrl, ['SET GLOBAL read_only = 0']));
      expect((await runProbe('login', { url: url() })).result).toMatchObject({ read_only: true });
    });

    test('a server that hangs is told from one that is away', async () => {
      process.kill(server.pid, 'SIGSTOP');
      try {
        const { error, result } = await runProbe('login', { url: url() }, { timeoutMs: 500 });
        expect(error).toMatchObject({ kind: 'timeout', phase: 'tls' });
        expect(result).toMatchObject({
          failed_stage: 'greeting',
          stages: { tcp: expect.any(Number) },
        });
      } finally {
        process.kill(server.pid, 'SIGCONT');
      }
    });

    test('its certificate is looked at, and verified where the URL wants that', async () => {
      const params = { host: '127.0.0.1', port: server.port, engine: 'mariadb', ca };
      expect((await runProbe('tls', params)).result).toMatchObject({
        offered: true,
        version: expect.stringContaining(server.version),
        protocol: 'TLSv1.3',
        authorized: true,
        certificate: { subject: 'CN=db1', names },
      });
      const verified = `${url()}?ssl-mode=VERIFY_IDENTITY`;
      const known = await runProbe('login', { url: `${verified}&ssl-ca=${ca}` });
      expect(known.result).toMatchObject({ tls: true, role: 'app@%' });
      const unknown = await runProbe('login', { url: verified });
      expect(unknown.error).toMatchObject({ kind: 'tls', phase: 'tls' });
      expect(unknown.result).toMatchObject({
        failed_stage: 'tls',
        stages: { greeting: expect.any(Number) },
      });
    });
  },
);
