import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentError } from '#errors.ts';
import type { Keeper } from './keeper.ts';
import { findMariadb } from './mariadb-binaries.ts';
import {
  type MysqlData,
  type MysqlServer,
  type MysqlServerOptions,
  serverEnvironment,
  startMysqlServer,
} from './mysql-server.ts';
import { logTail } from './started-server.ts';
import { findServerUser, handOver } from './system-user.ts';

/** A private MariaDB server. */
export type MariadbServer = MysqlServer & { readonly engine: 'mariadb' };

/** Creates a new, empty MariaDB server and waits until it accepts connections. */
export async function startMariadb(options: MysqlServerOptions = {}): Promise<MariadbServer> {
  const server = await startMysqlServer(options, createMariadbData);
  return Object.assign(server, { engine: 'mariadb' as const });
}

/** Creates a data directory within the keeper's, owned by the user the server runs as. */
async function createMariadbData(keeper: Keeper): Promise<MysqlData> {
  const binaries = await findMariadb();
  if (binaries === undefined)
    throw environmentError(
      'there is no MariaDB on this machine to start',
      'install one: `apt-get install mariadb-server`, or your system’s MariaDB server package',
    );
  const user = await findServerUser();
  const home = await mkdtemp(join(keeper.folder, 'mariadb-'));
  const password = randomBytes(18).toString('base64url');
  const accountsFile = join(home, 'accounts.sql');
  await writeFile(accountsFile, accounts(password), { mode: 0o600 });
  if (user !== undefined) await handOver('MariaDB', user, [home, accountsFile]);
  const data = {
    ...{ name: 'MariaDB', program: binaries.mariadbd, version: binaries.version },
    ...{ options: [REDO_LOG], user, home, password },
    ...{ dataDir: join(home, 'data'), logFile: join(home, 'server.log') },
  };
  await initialise(keeper, data, binaries.installDb, accountsFile);
  return data;
}

const REDO_LOG = '--innodb-log-file-size=32M';

/** Returns the statements that leave `root` as the only account, with a password. */
function accounts(password: string): string {
  return [
    `DELETE FROM mysql.global_priv WHERE User <> 'mariadb.sys';`,
    'FLUSH PRIVILEGES;',
    `GRANT ALL ON *.* TO 'root'@'%' IDENTIFIED BY '${password}' WITH GRANT OPTION;`,
    '',
  ].join('\n');
}

/**
 * Creates the data. The script is not told the user: as root it would also change the owner of
 * installed files.
 */
async function initialise(
  keeper: Keeper,
  data: MysqlData,
  installDb: string,
  accountsFile: string,
): Promise<void> {
  const install = await keeper.run({
    file: installDb,
    args: [
      ...['--no-defaults', `--datadir=${data.dataDir}`, '--skip-test-db', '--skip-name-resolve'],
      ...['--auth-root-authentication-method=normal', `--extra-file=${accountsFile}`],
      REDO_LOG,
    ],
    env: serverEnvironment(data.home),
    logFile: data.logFile,
    stopSignal: 'SIGTERM',
    user: data.user,
  });
  const exit = await install.exited;
  if (exit.code !== 0)
    throw environmentError(
      `mariadb-install-db failed: ${await logTail(data.logFile)}`,
      undefined,
      exit,
    );
}
