import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentError } from '#errors.ts';
import type { Keeper } from './keeper.ts';
import { findMariadb, type MariadbBinaries } from './mariadb-binaries.ts';
import { logTail } from './started-server.ts';
import { findServerUser, handOver, type ServerUser } from './system-user.ts';

/** A data directory, with everything needed to run a server on it. */
export type MariadbData = {
  readonly binaries: MariadbBinaries;
  readonly user: ServerUser | undefined;
  readonly home: string;
  readonly dataDir: string;
  readonly logFile: string;
  /** The password of `root`, who may log in over TCP. */
  readonly password: string;
};

/** Creates a data directory within the keeper's, owned by the user the server runs as. */
export async function createMariadbData(keeper: Keeper): Promise<MariadbData> {
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
  const dataDir = join(home, 'data');
  const data = { binaries, user, home, dataDir, logFile: join(home, 'server.log'), password };
  await initialise(keeper, data, accountsFile);
  return data;
}

/**
 * Returns the environment of MariaDB's programs. A starting server removes temporary tables in its
 * temporary directory, so each server has its own.
 */
export function mariadbEnvironment({ home }: Pick<MariadbData, 'home'>): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: home, TMPDIR: home, TZ: 'UTC' };
}

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
async function initialise(keeper: Keeper, data: MariadbData, accountsFile: string): Promise<void> {
  const install = await keeper.run({
    file: data.binaries.installDb,
    args: [
      ...['--no-defaults', `--datadir=${data.dataDir}`, '--skip-test-db', '--skip-name-resolve'],
      ...['--auth-root-authentication-method=normal', `--extra-file=${accountsFile}`],
      '--innodb-log-file-size=32M',
    ],
    env: mariadbEnvironment(data),
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
