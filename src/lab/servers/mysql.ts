import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { environmentError } from '#errors.ts';
import { findPrograms } from '../setup/find-program.ts';
import type { Keeper } from './keeper.ts';
import {
  type MysqlServer as AnyMysqlServer,
  type MysqlData,
  type MysqlServerOptions,
  serverEnvironment,
  startMysqlServer,
} from './mysql-server.ts';
import { logTail } from './started-server.ts';

/** A private MySQL server. */
export type MysqlServer = AnyMysqlServer & { readonly engine: 'mysql' };

/** Creates a new, empty MySQL server and waits until it accepts connections. */
export async function startMysql(options: MysqlServerOptions = {}): Promise<MysqlServer> {
  const server = await startMysqlServer(options, createData);
  return Object.assign(server, { engine: 'mysql' as const });
}

/** The program of a MySQL installation. */
export type MysqlProgram = {
  readonly mysqld: string;
  /** E.g. `9.7.4`. */
  readonly version: string;
};

/**
 * Finds MySQL on the PATH. MariaDB's program of the same name is none. Returns undefined if there is
 * no MySQL.
 */
export async function findMysql(): Promise<MysqlProgram | undefined> {
  for (const mysqld of await findPrograms('mysqld')) {
    const { stdout } = await promisify(execFile)(mysqld, ['--no-defaults', '--version']);
    const version = /Ver (\d+(?:\.\d+)*)/.exec(stdout)?.[1];
    if (version !== undefined && !/mariadb/i.test(stdout)) return { mysqld, version };
  }
  return undefined;
}

async function createData(keeper: Keeper): Promise<MysqlData> {
  const found = await findMysql();
  if (found === undefined)
    throw environmentError(
      'there is no MySQL on this machine to start',
      'install one: your system’s MySQL server package, whose `mysqld` is on the PATH',
    );
  const home = await mkdtemp(join(keeper.folder, 'mysql-'));
  const password = randomBytes(18).toString('base64url');
  const accountsFile = join(home, 'accounts.sql');
  await writeFile(accountsFile, accounts(password), { mode: 0o600 });
  const data = {
    ...{ name: 'MySQL', program: found.mysqld, version: found.version },
    // The account of a lab's server is that of the lab: its program may be readable for no other.
    ...{ options: [...OPTIONS, ...asRoot()], user: undefined, home, password },
    ...{ dataDir: join(home, 'data'), logFile: join(home, 'server.log') },
  };
  await initialise(keeper, data, accountsFile);
  return data;
}

const OPTIONS = [
  ...['--mysqlx=OFF', '--secure-file-priv=', '--innodb-redo-log-capacity=32M'],
  ...['--disable-log-bin', '--performance-schema=ON'],
];

function asRoot(): readonly string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : [];
}

/** Returns the statements that give `root` a password, also over TCP; one a line. */
function accounts(password: string): string {
  return [
    `CREATE USER root@'%' IDENTIFIED BY '${password}';`,
    "GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;",
    `ALTER USER root@localhost IDENTIFIED BY '${password}';`,
    '',
  ].join('\n');
}

async function initialise(keeper: Keeper, data: MysqlData, accountsFile: string): Promise<void> {
  const created = await keeper.run({
    file: data.program,
    args: [
      ...['--no-defaults', `--datadir=${data.dataDir}`, '--initialize-insecure'],
      ...[`--init-file=${accountsFile}`, ...data.options],
    ],
    env: serverEnvironment(data.home),
    logFile: data.logFile,
    stopSignal: 'SIGTERM',
    user: data.user,
  });
  const exit = await created.exited;
  if (exit.code !== 0)
    throw environmentError(
      `mysqld --initialize failed: ${await logTail(data.logFile)}`,
      undefined,
      exit,
    );
}
