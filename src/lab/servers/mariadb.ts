import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findProgram } from '../setup/find-program.ts';
import {
  type MysqlKind,
  type MysqlPrograms,
  type MysqlServer,
  type MysqlServerOptions,
  startMysqlServer,
} from './mysql-server.ts';
import { findServerUser } from './system-user.ts';

/** A private MariaDB server. */
export type MariadbServer = MysqlServer & { readonly engine: 'mariadb' };

/** Creates a new, empty MariaDB server and waits until it accepts connections. */
export async function startMariadb(options: MysqlServerOptions = {}): Promise<MariadbServer> {
  const server = await startMysqlServer(options, MARIADB);
  return Object.assign(server, { engine: 'mariadb' as const });
}

const MARIADB: MysqlKind = {
  name: 'MariaDB',
  find: findMariadb,
  howToInstall: '`apt-get install mariadb-server`, or your system’s MariaDB server package',
  findUser: findServerUser,
  options: ['--innodb-log-file-size=32M'],
  // `root` stays as the only account.
  accounts: (password) => [
    `DELETE FROM mysql.global_priv WHERE User <> 'mariadb.sys';`,
    'FLUSH PRIVILEGES;',
    `GRANT ALL ON *.* TO 'root'@'%' IDENTIFIED BY '${password}' WITH GRANT OPTION;`,
  ],
  // The script is not told the user: as root it would also change the owner of installed files.
  initialise: (accountsFile) => [
    ...['--skip-test-db', '--skip-name-resolve', '--auth-root-authentication-method=normal'],
    `--extra-file=${accountsFile}`,
  ],
};

/** Finds MariaDB on the PATH. Returns undefined if one of its programs is missing. */
export async function findMariadb(): Promise<MysqlPrograms | undefined> {
  const installer = await findProgram('mariadb-install-db');
  const server = await findProgram('mariadbd');
  // The installer is a script that needs it.
  const helper = await findProgram('my_print_defaults');
  if (installer === undefined || server === undefined || helper === undefined) return undefined;
  const { stdout } = await promisify(execFile)(server, ['--no-defaults', '--version']);
  const version = /Ver (\d+(?:\.\d+)*)/.exec(stdout)?.[1] ?? 'unknown';
  return { server, installer, version };
}
