import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import mysql from 'mysql2/promise';
import { vi } from 'vitest';
import { freePort } from '#lab/network/free-port.ts';

const program = resolve(import.meta.dirname, '../../bin/real-mysql.sh');
const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
const folder = join(cache, 'runbook-dev', 'mysql');

/** Returns why no MySQL can be started here, or undefined when one can; fetches it at the first use. */
export function missingMysql(): string | undefined {
  if (existsSync(join(folder, 'bin/mysqld'))) return undefined;
  try {
    execFileSync(program, ['get', folder], { stdio: 'pipe', timeout: 120_000 });
    return undefined;
  } catch (error) {
    return `MySQL cannot be fetched: ${(error as Error).message.split('\n').at(-1)}`;
  }
}

/** A MySQL server of one's own. */
export type RealMysql = {
  readonly port: number;
  /** Root's connection, which has no password. */
  readonly root: mysql.Connection;
  stop(): Promise<void>;
};

/** Starts a MySQL server in a folder of its own. */
export async function startMysql(): Promise<RealMysql> {
  const data = mkdtempSync(join(tmpdir(), 'runbook-mysql-'));
  chmodSync(data, 0o755);
  const port = await freePort();
  const server = spawn(program, ['start', folder, data, String(port)], { stdio: 'ignore' });
  const exited = once(server, 'exit');
  const root = await vi.waitFor(
    () => mysql.createConnection({ socketPath: join(data, 's.sock'), user: 'root' }),
    { timeout: 60_000, interval: 200 },
  );
  return {
    port,
    root,
    async stop() {
      root.destroy();
      server.kill('SIGTERM');
      await exited;
      rmSync(data, { recursive: true, force: true });
    },
  };
}
