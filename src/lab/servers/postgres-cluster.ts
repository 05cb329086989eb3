import { randomBytes } from 'node:crypto';
import { appendFile, mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentError } from '#errors.ts';
import type { Keeper } from './keeper.ts';
import { findPostgres, type PostgresBinaries, type PostgresSource } from './postgres-binaries.ts';
import { logTail } from './started-server.ts';
import { findServerUser, handOver, type ServerUser } from './system-user.ts';

/** Settings of postgresql.conf. */
export type ServerSettings = Readonly<Record<string, string | number>>;

/** The options of a data directory. */
export type ClusterOptions = {
  /** Settings of postgresql.conf, or a function that returns them for a major version. */
  readonly settings?: ServerSettings | ((majorVersion: number) => ServerSettings);
  /** Lines of pg_hba.conf; passwords for all users on 127.0.0.1 if undefined. */
  readonly hba?: readonly string[];
  /** The source of the programs; the npm package, else the system's, if undefined. */
  readonly binaries?: PostgresSource;
};

/** A data directory, with everything needed to run a server on it. */
export type PostgresCluster = {
  readonly binaries: PostgresBinaries;
  readonly user: ServerUser | undefined;
  readonly dataDir: string;
  readonly logFile: string;
  /** The password of the superuser `postgres`. */
  readonly password: string;
};

const PASSWORDS_FOR_EVERYBODY = ['host all all 127.0.0.1/32 scram-sha-256'];

const THROWAWAY_SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  shared_buffers: '32MB',
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

/** Creates an empty data directory within the keeper's, owned by the user the server runs as. */
export async function createCluster(
  keeper: Keeper,
  options: ClusterOptions,
): Promise<PostgresCluster> {
  const user = await findServerUser();
  const home = await mkdtemp(join(keeper.folder, 'postgres-'));
  const passwordFile = join(home, 'password');
  const password = randomBytes(18).toString('base64url');
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (user !== undefined) await handOver('PostgreSQL', user, [home, passwordFile]);
  const cluster: PostgresCluster = {
    binaries: await findPostgres(options.binaries, user, home),
    user,
    dataDir: join(home, 'data'),
    logFile: join(home, 'server.log'),
    password,
  };
  await initialise(keeper, cluster, passwordFile);
  await configure(cluster, options);
  return cluster;
}

async function initialise(
  keeper: Keeper,
  cluster: PostgresCluster,
  passwordFile: string,
): Promise<void> {
  const initdb = await keeper.run({
    file: cluster.binaries.initdb,
    args: [
      ...['-D', cluster.dataDir, '-U', 'postgres', '-A', 'scram-sha-256'],
      ...[`--pwfile=${passwordFile}`, '-E', 'UTF8', '--no-locale', '--no-sync'],
    ],
    env: { PATH: process.env.PATH ?? '' },
    logFile: cluster.logFile,
    stopSignal: 'SIGTERM',
    user: cluster.user,
  });
  const exit = await initdb.exited;
  if (exit.code !== 0)
    throw environmentError(`initdb failed: ${await logTail(cluster.logFile)}`, undefined, exit);
}

async function configure(
  { dataDir, binaries }: PostgresCluster,
  options: ClusterOptions,
): Promise<void> {
  const { settings } = options;
  const own = typeof settings === 'function' ? settings(binaries.majorVersion) : settings;
  const lines = Object.entries({ ...THROWAWAY_SETTINGS, ...own }).map(
    ([name, value]) => `${name} = '${String(value).replaceAll("'", "''")}'\n`,
  );
  await appendFile(join(dataDir, 'postgresql.conf'), lines.join(''));
  const hba = options.hba ?? PASSWORDS_FOR_EVERYBODY;
  await writeFile(join(dataDir, 'pg_hba.conf'), `${hba.join('\n')}\n`);
}
