import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import { hasMariadb, openSession, otherClient, setUp } from '../../support/mysql-session.ts';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe.skipIf(!hasMariadb || !hasOpenssl)(
  'TLS on MariaDB (openssl, sh bin/test-servers.sh)',
  () => {
    let folder: string;
    let server: MariadbServer;
    let login: string;
    let byName: string;

    beforeAll(async () => {
      folder = mkdtempSync(join(tmpdir(), 'runbook-tls-'));
      const certificate = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
      const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'];
      const files = ['-keyout', join(folder, 'server.key'), '-out', join(folder, 'server.crt')];
      execFileSync('openssl', [...certificate, ...names, ...files], { stdio: 'ignore' });
      // The server runs as another user.
      chmodSync(folder, 0o755);
      chmodSync(join(folder, 'server.key'), 0o644);
      server = await startMariadb({
        settings: { ssl_cert: join(folder, 'server.crt'), ssl_key: join(folder, 'server.key') },
      });
      await setUp(server.rootUrl, [`CREATE USER sslonly@'%' IDENTIFIED BY 'x' REQUIRE SSL`]);
      login = `mysql://sslonly:x@127.0.0.1:${server.port}/`;
      byName = login.replace('127.0.0.1', 'localhost');
    });

    afterAll(async () => {
      await server.stop();
      rmSync(folder, { recursive: true });
    });

    const SELF_SIGNED = { kind: 'tls', phase: 'tls', message: 'self-signed certificate' };

    const cipher = `SHOW SESSION STATUS LIKE 'Ssl_cipher'`;

    test.each([
      ['127.0.0.1', ''],
      ['127.0.0.1', 'ssl-mode=PREFERRED'],
      ['127.0.0.1', 'ssl-mode=REQUIRED'],
      ['127.0.0.1', 'ssl={"rejectUnauthorized":false}'],
      ['127.0.0.1', 'ssl-mode=REQUIRED&ssl-ca=$CA'],
      ['127.0.0.1', 'ssl-mode=VERIFY_CA&ssl-ca=$CA'],
      ['localhost', 'ssl-mode=VERIFY_IDENTITY&ssl-ca=$CA'],
      ['localhost', 'ssl=true&ssl-ca=$CA'],
    ])('the server is reached through it at %s with %j', async (host, query) => {
      const url = host === 'localhost' ? byName : login;
      const session = openSession(`${url}?${query.replace('$CA', join(folder, 'server.crt'))}`);
      const [row] = await session.rows(cipher);
      expect(row?.Value).toMatch(/^TLS_/);
      expect(session.connections).toMatchObject([{ tls: true }]);
    });

    test.each([
      ['ssl-mode=DISABLED', { kind: 'auth', code: '1045' }],
      ['ssl-mode=VERIFY_CA', { ...SELF_SIGNED, hint: expect.stringMatching(/ssl-ca=/) }],
      ['ssl=true', { ...SELF_SIGNED, hint: expect.stringMatching(/ssl-ca=/) }],
      [
        'ssl-mode=VERIFY_IDENTITY&ssl-ca=$CA',
        {
          kind: 'tls',
          phase: 'tls',
          message: expect.stringMatching(/does not name the address 127\.0\.0\.1/),
        },
      ],
      ['ssl-ca=/no/such/file', { kind: 'config', phase: 'tls' }],
      ['ssl-mode=ALWAYS', { kind: 'config', message: expect.stringMatching(/ssl-mode=ALWAYS/) }],
    ])('the server is not reached with %j', async (query, error) => {
      const url = `${login}?${query.replace('$CA', join(folder, 'server.crt'))}`;
      const session = openSession(url);
      expect(await session.run('SELECT 1')).toMatchObject({ status: 'failed', error });
      expect(session.connections).toEqual([]);
    });

    test('a statement is ended through it as well, and a large one stopped', async () => {
      const session = openSession(login);
      const admin = await otherClient(server.rootUrl);
      const controller = new AbortController();
      const outcome = session.run('SELECT SLEEP(600)', { signal: controller.signal });
      await vi.waitFor(async () =>
        expect(
          await admin.ask(
            `SELECT ID FROM information_schema.processlist WHERE INFO LIKE 'SELECT SLEEP%'`,
          ),
        ).toHaveLength(1),
      );
      controller.abort();
      expect(await outcome).toMatchObject({ error: { kind: 'cancelled', code: '1317' } });
      expect(await session.rows(cipher)).toMatchObject([{ Value: expect.stringMatching(/^TLS_/) }]);
      expect(session.connections).toHaveLength(1);
    });

    test('a lost connection is noticed, and made again', async () => {
      const session = openSession(login);
      await session.rows('SELECT 1');
      const admin = await otherClient(server.rootUrl);
      await admin.ask(`KILL ${session.connections[0]?.session}`);
      expect(await session.run('SELECT 1', { readOnly: false })).toMatchObject({
        status: 'succeeded',
      });
      expect(session.connections).toMatchObject([{ tls: true }, { tls: true }]);
    });
  },
);
