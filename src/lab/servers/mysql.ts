import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findPrograms } from '../setup/find-program.ts';
import {
  type MysqlServer as AnyMysqlServer,
  type MysqlKind,
  type MysqlPrograms,
  type MysqlServerOptions,
  startMysqlServer,
} from './mysql-server.ts';

/** A private MySQL server. */
export type MysqlServer = AnyMysqlServer & { readonly engine: 'mysql' };

/** Creates a new, empty MySQL server and waits until it accepts connections. */
export async function startMysql(options: MysqlServerOptions = {}): Promise<MysqlServer> {
  const server = await startMysqlServer(options, MYSQL);
  return Object.assign(server, { engine: 'mysql' as const });
}

const MYSQL: MysqlKind = {
  name: 'MySQL',
  find: findMysql,
  howToInstall: 'your system’s MySQL server package, whose `mysqld` is on the PATH',
  // The account of a lab's server is that of the lab: its program may be readable for no other.
  findUser: () => Promise.resolve(undefined),
  options: [
    ...['--mysqlx=OFF', '--secure-file-priv=', '--innodb-redo-log-capacity=32M'],
    ...['--disable-log-bin', '--performance-schema=ON'],
    ...(process.getuid?.() === 0 ? ['--user=root'] : []),
  ],
  accounts: (password) => [
    `CREATE USER root@'%' IDENTIFIED BY '${password}';`,
    "GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;",
    `ALTER USER root@localhost IDENTIFIED BY '${password}';`,
  ],
  initialise: (accountsFile) => ['--initialize-insecure', `--init-file=${accountsFile}`],
};

/**
 * Finds MySQL on the PATH. MariaDB's program of the same name does not count. Returns undefined if
 * there is no MySQL.
 */
export async function findMysql(): Promise<MysqlPrograms | undefined> {
  for (const mysqld of await findPrograms('mysqld')) {
    const { stdout } = await promisify(execFile)(mysqld, ['--no-defaults', '--version']);
    const version = /Ver (\d+(?:\.\d+)*)/.exec(stdout)?.[1];
    if (version !== undefined && !/mariadb/i.test(stdout))
      return { server: mysqld, installer: mysqld, version };
  }
  return undefined;
}
