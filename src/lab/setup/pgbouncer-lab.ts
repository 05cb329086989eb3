import { chmod, chown, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError } from '#errors.ts';
import { openClient } from '../client.ts';
import { freePort } from '../network/free-port.ts';
import { findServerUser } from '../servers/system-user.ts';
import { changedUrl, loginOf } from './changed-url.ts';
import { findProgram } from './find-program.ts';
import { type PgbouncerLab, POOLER_LIMITS, type PostgresLab } from './lab.ts';
import { startPostgresLab } from './postgres-lab.ts';

const POLL_MS = 20;
const QUERY_WAIT_SECONDS = 1;

/** Starts a PostgreSQL with a shop, and a PgBouncer in front of it that the shop uses. */
export async function startPgbouncerLab(): Promise<PgbouncerLab> {
  const behind = await startPostgresLab('postgres');
  try {
    const port = await startPooler(behind);
    const shop = changedUrl(behind.urls.shop, { port });
    const oncall = changedUrl(behind.urls.oncall, { port });
    return {
      ...behind,
      engine: 'pgbouncer',
      urls: { shop, oncall, warehouse: behind.urls.warehouse },
      consoleUrl: changedUrl(oncall, { database: 'pgbouncer' }),
      open: (url = shop, options = {}) => openClient(url, options),
    };
  } catch (error) {
    await behind.close();
    throw error;
  }
}

async function startPooler(behind: PostgresLab): Promise<number> {
  const program = await findProgram('pgbouncer');
  if (program === undefined)
    throw environmentError(
      'there is no PgBouncer on this machine to start',
      'install it: `apt-get install pgbouncer`',
    );
  const { keeper } = behind;
  const user = await findServerUser();
  const home = await mkdtemp(join(keeper.folder, 'pgbouncer-'));
  await chmod(home, 0o711);
  const port = await freePort();
  const files = { 'users.txt': accounts(behind), 'pgbouncer.ini': settings(behind, home, port) };
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(home, name), text, { mode: 0o600 });
    if (user !== undefined) await chown(join(home, name), user.uid, user.gid);
  }
  const logFile = join(home, 'pooler.log');
  const { exited } = await keeper.run({
    file: program,
    args: [join(home, 'pgbouncer.ini')],
    env: { PATH: process.env.PATH ?? '' },
    logFile,
    stopSignal: 'SIGTERM',
    user,
  });
  const ended = exited.then(() => true);
  for (;;) {
    const log = await readFile(logFile, 'utf8');
    if (log.includes('process up')) return port;
    if (await Promise.race([ended, sleep(POLL_MS, false)]))
      throw environmentError(`PgBouncer did not start: ${log.trim()}`);
  }
}

function settings({ server }: PostgresLab, home: string, port: number): string {
  return `[databases]
shop = host=${server.host} port=${server.port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(home, 'users.txt')}
admin_users = oncall
pool_mode = transaction
default_pool_size = ${POOLER_LIMITS.pool}
max_client_conn = ${POOLER_LIMITS.clients}
query_wait_timeout = ${QUERY_WAIT_SECONDS}
server_login_retry = 1
`;
}

function accounts({ urls }: PostgresLab): string {
  return [urls.shop, urls.oncall]
    .map((url) => loginOf(url))
    .map(({ user, password }) => `"${user}" "${password.replaceAll('"', '""')}"\n`)
    .join('');
}
