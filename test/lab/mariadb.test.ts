import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import mysql, { type RowDataPacket } from 'mysql2/promise';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type MariadbServer, startMariadb } from '#lab/servers/mariadb.ts';
import { isAlive, processesIn } from '../support/lab-processes.ts';
import { hasMariadb } from '../support/mysql-session.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const isRoot = process.getuid?.() === 0;
const undo: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
  vi.unstubAllEnvs();
});

async function started(...options: Parameters<typeof startMariadb>): Promise<MariadbServer> {
  const server = await startMariadb(...options);
  undo.push(() => server.stop());
  return server;
}

async function ask(url: string, sql: string): Promise<unknown> {
  const client = await mysql.createConnection(url);
  try {
    return (await client.query<RowDataPacket[]>(sql))[0];
  } finally {
    client.destroy();
  }
}

/** A process that starts a server and goes on until it is ended. */
async function ownerOfServer(): Promise<{ owner: ChildProcess; pid: number; home: string }> {
  const script = `
    const { startMariadb } = await import(${JSON.stringify(new URL('../../src/lab/servers/mariadb.ts', import.meta.url))});
    const server = await startMariadb();
    console.log(JSON.stringify({ pid: server.pid, dataDir: server.dataDir }));`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  undo.push(async () => owner.kill('SIGKILL'));
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  const { pid, dataDir } = JSON.parse(String(line)) as Record<string, string>;
  return { owner, pid: Number(pid), home: dirname(dirname(String(dataDir))) };
}

describe.skipIf(!hasMariadb)('with MariaDB on this machine (sh bin/test-servers.sh)', () => {
  test('a server is a real MariaDB that lets only root in, with a password', async () => {
    const server = await started();
    const [row] = (await ask(server.rootUrl, 'SELECT VERSION() AS version')) as {
      version: string;
    }[];
    expect(row?.version).toContain(`${server.version}-MariaDB`);
    expect(
      await ask(server.rootUrl, `SELECT User FROM mysql.user WHERE User <> 'mariadb.sys'`),
    ).toEqual([{ User: 'root' }]);
    for (const [user, password] of [
      ['root', 'wrong'],
      ['root', ''],
      ['', ''],
    ] as const) {
      const url = server.url({ user, password, database: 'mysql' });
      await expect(ask(url, 'SELECT 1')).rejects.toMatchObject({ errno: 1045 });
    }
  });

  test('settings are the ones asked for', async () => {
    const server = await started({ settings: { max_connections: 12, skip_networking: 0 } });
    expect(
      await ask(server.rootUrl, 'SELECT @@max_connections AS n, @@bind_address AS host'),
    ).toEqual([{ n: 12, host: '127.0.0.1' }]);
  });

  test.each(['fast', 'immediate'] as const)('a restart keeps port and data (%s)', async (mode) => {
    const server = await started();
    const { pid, port } = server;
    await ask(server.rootUrl, 'CREATE DATABASE shop');
    await ask(server.rootUrl, 'CREATE TABLE shop.kept AS SELECT 7 AS n');
    await ask(server.rootUrl, 'FLUSH TABLES');
    await server.restart(mode);
    expect(server.pid).not.toBe(pid);
    expect(server.port).toBe(port);
    expect(isAlive(pid)).toBe(false);
    expect(await ask(server.rootUrl, 'SHOW DATABASES LIKE "shop"')).toHaveLength(1);
  });

  test('a stopped server leaves no process and no file', async () => {
    const server = await started();
    const home = dirname(dirname(server.dataDir));
    expect(await processesIn(home)).not.toEqual([]);
    await server.stop();
    expect(await processesIn(home)).toEqual([]);
    expect(isAlive(server.pid)).toBe(false);
    expect(existsSync(home)).toBe(false);
  });

  test('a server goes when its owner is killed, and its files with it', async () => {
    const { owner, pid, home } = await ownerOfServer();
    expect(isAlive(pid)).toBe(true);
    owner.kill('SIGKILL');
    await vi.waitFor(
      async () => {
        expect(isAlive(pid)).toBe(false);
        expect(await processesIn(home)).toEqual([]);
        expect(existsSync(home)).toBe(false);
      },
      { timeout: 20_000 },
    );
  });

  test('a server that cannot start says what MariaDB said', async () => {
    await expect(startMariadb({ settings: { no_such_variable: 1 } })).rejects.toMatchObject({
      code: 'environment',
      message: expect.stringContaining(`unknown variable 'no_such_variable=1'`),
    });
  });

  test.runIf(isRoot)('a server started by root runs as somebody else (as root)', async () => {
    const server = await started();
    expect((await stat(`/proc/${server.pid}`)).uid).not.toBe(0);
  });
});

test('without MariaDB there is advice', async () => {
  vi.stubEnv('PATH', temporaryFolder());
  await expect(startMariadb()).rejects.toMatchObject({
    code: 'environment',
    hint: expect.stringContaining('apt-get install mariadb-server'),
  });
});
