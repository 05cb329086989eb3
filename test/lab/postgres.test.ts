import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import pg from 'pg';
import { afterEach, expect, test, vi } from 'vitest';
import { type PostgresServer, startPostgres } from '#lab/servers/postgres.ts';
import { isAlive, processesIn } from '../support/lab-processes.ts';

const isRoot = process.getuid?.() === 0;
const hasSystemPostgres = existsSync('/usr/lib/postgresql');
const undo: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const step of undo.splice(0).reverse()) await step();
});

async function started(...options: Parameters<typeof startPostgres>): Promise<PostgresServer> {
  const server = await startPostgres(...options);
  undo.push(() => server.stop());
  return server;
}

async function ask<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** A process that starts a server and goes on until it is ended. */
async function ownerOfServer(): Promise<{
  owner: ChildProcess;
  pid: number;
  url: string;
  home: string;
}> {
  const script = `
    const { startPostgres } = await import(${JSON.stringify(new URL('../../src/lab/servers/postgres.ts', import.meta.url))});
    const server = await startPostgres();
    process.on('SIGINT', () => {});
    console.log(JSON.stringify({ pid: server.pid, url: server.superuserUrl, dataDir: server.dataDir }));`;
  const owner = spawn(process.execPath, ['--input-type=module', '-e', script], {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  undo.push(async () => owner.kill('SIGKILL'));
  const [line] = (await once(owner.stdout, 'data')) as [Buffer];
  const { pid, url, dataDir } = JSON.parse(String(line)) as Record<string, string>;
  return { owner, pid: Number(pid), url: String(url), home: dirname(dirname(String(dataDir))) };
}

test('a server is a real PostgreSQL 18 that asks for passwords', async () => {
  const server = await started();
  const [row] = await ask<{ server_version: string }>(server.superuserUrl, 'SHOW server_version');
  expect(row?.server_version).toMatch(/^18\./);
  expect(server.version).toBe(row?.server_version.split(' ')[0]);
  const wrong = server.url({ user: 'postgres', password: 'wrong', database: 'postgres' });
  await expect(ask(wrong, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
});

test('settings and host rules are the ones asked for', async () => {
  const server = await started({
    settings: { max_connections: 12, application_name: "it's" },
    hba: ['host all postgres 127.0.0.1/32 scram-sha-256', 'host all all 127.0.0.1/32 reject'],
  });
  const rows = await ask<{ setting: string }>(
    server.superuserUrl,
    "SELECT setting FROM pg_settings WHERE name IN ('max_connections', 'fsync') ORDER BY name",
  );
  expect(rows.map((row) => row.setting)).toEqual(['off', '12']);
  const other = server.url({ user: 'somebody', password: 'x', database: 'postgres' });
  await expect(ask(other, 'SELECT 1')).rejects.toMatchObject({ code: '28000' });
});

test('a restart keeps port and data', async () => {
  const server = await started();
  const { pid, port } = server;
  await ask(server.superuserUrl, 'CREATE TABLE kept AS SELECT 7 AS n');
  await server.restart();
  expect(server.pid).not.toBe(pid);
  expect(server.port).toBe(port);
  expect(isAlive(pid)).toBe(false);
  expect(await ask(server.superuserUrl, 'SELECT n FROM kept')).toEqual([{ n: 7 }]);
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

test('a Ctrl-C at the owner’s terminal does not reach the server', async () => {
  const { owner, pid, url } = await ownerOfServer();
  process.kill(-Number(owner.pid), 'SIGINT');
  expect(await ask(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  expect(isAlive(pid)).toBe(true);
});

test('a server that cannot start says what PostgreSQL said, and leaves nothing', async () => {
  const failure = startPostgres({ settings: { max_connections: 'many' } });
  await expect(failure).rejects.toMatchObject({
    code: 'environment',
    message: expect.stringContaining('invalid value for parameter "max_connections"'),
  });
});

test.runIf(isRoot)('a server started by root runs as somebody else (as root)', async () => {
  const server = await started();
  expect((await stat(`/proc/${server.pid}`)).uid).not.toBe(0);
});

test.runIf(hasSystemPostgres)(
  'the machine’s own PostgreSQL can be used (apt-get install postgresql)',
  async () => {
    const server = await started({ binaries: 'system' });
    const [row] = await ask<{ server_version: string }>(server.superuserUrl, 'SHOW server_version');
    expect(row?.server_version).toContain(server.version);
  },
);
