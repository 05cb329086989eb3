import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentError } from '#errors.ts';
import type { Keeper, KeptProcess } from './keeper.ts';
import {
  HOST,
  inKeeper,
  logTail,
  type StartedServer,
  startDatabaseServer,
  untilServerReady,
} from './started-server.ts';
import { handOver, type ServerUser } from './system-user.ts';

/** The mode of a stop: a clean shutdown, or like a crash. */
type MysqlStopMode = keyof typeof STOP_SIGNALS;

/** System variables and options, e.g. `{ max_connections: 5 }`; true for one without a value. */
export type MysqlSettings = Readonly<Record<string, string | number | true>>;

/** The options of a server. */
export type MysqlServerOptions = {
  readonly settings?: MysqlSettings;
  /** A keeper shared with other programs; the server has its own if undefined. */
  readonly keeper?: Keeper;
};

/** A private MariaDB or MySQL server. A restart may have additional settings. */
export type MysqlServer = StartedServer<MysqlStopMode, MysqlSettings> & {
  /** The URL of `root`, in the database `mysql`. */
  readonly rootUrl: string;
};

/** The differences between MySQL and MariaDB. */
export type MysqlKind = {
  /** The server's name for people. */
  readonly name: string;
  /** Finds its programs on this machine: the server, and the one that creates the data. */
  readonly find: () => Promise<MysqlPrograms | undefined>;
  readonly howToInstall: string;
  /** The user it is started as; undefined for this process's own. */
  readonly findUser: () => Promise<ServerUser | undefined>;
  /** The options of every start besides the settings of this file. */
  readonly options: readonly string[];
  /** Returns the statements, one a line, that give `root` the password, also over TCP. */
  readonly accounts: (password: string) => readonly string[];
  /** Returns the options that create the data and run a file of statements. */
  readonly initialise: (accountsFile: string) => readonly string[];
};

/** The programs of an installation. */
export type MysqlPrograms = {
  readonly server: string;
  readonly installer: string;
  /** E.g. `10.11.19`. */
  readonly version: string;
};

/** A data directory, with everything needed to run a server on it. */
type MysqlData = Pick<MysqlKind, 'name' | 'options'> &
  Pick<MysqlPrograms, 'server' | 'version'> & {
    readonly user: ServerUser | undefined;
    readonly home: string;
    readonly dataDir: string;
    readonly logFile: string;
    readonly password: string;
  };

const STOP_SIGNALS = { fast: 'SIGTERM', immediate: 'SIGKILL' } as const;

const THROWAWAY_SETTINGS = {
  bind_address: HOST,
  skip_name_resolve: true,
  innodb_buffer_pool_size: '32M',
  innodb_flush_log_at_trx_commit: 0,
} as const;

/** Creates a new, empty server and waits until it accepts connections. */
export async function startMysqlServer(
  { keeper: shared, settings = {} }: MysqlServerOptions,
  kind: MysqlKind,
): Promise<MysqlServer> {
  return await inKeeper(shared, async (keeper, letGo) => {
    const data = await createData(keeper, kind);
    const { dataDir, logFile, password, version } = data;
    const server = await startDatabaseServer<MysqlStopMode, MysqlSettings>({
      ...{ scheme: 'mysql', version, dataDir, logFile, letGo },
      signals: STOP_SIGNALS,
      taken: 'Bind on TCP/IP port',
      start: (port, further) => startOn(keeper, data, port, { ...settings, ...further }),
    });
    const rootUrl = server.url({ user: 'root', password, database: 'mysql' });
    return Object.assign(server, { rootUrl });
  });
}

/** Creates a data directory within the keeper's, owned by the user the server runs as. */
async function createData(keeper: Keeper, kind: MysqlKind): Promise<MysqlData> {
  const { name, options } = kind;
  const found = await kind.find();
  if (found === undefined)
    throw environmentError(
      `there is no ${name} on this machine to start`,
      `install one: ${kind.howToInstall}`,
    );
  const user = await kind.findUser();
  const home = await mkdtemp(join(keeper.folder, `${name.toLowerCase()}-`));
  const password = randomBytes(18).toString('base64url');
  const accountsFile = join(home, 'accounts.sql');
  await writeFile(accountsFile, `${kind.accounts(password).join('\n')}\n`, { mode: 0o600 });
  if (user !== undefined) await handOver(name, user, [home, accountsFile]);
  const { server, installer, version } = found;
  const dataDir = join(home, 'data');
  const logFile = join(home, 'server.log');
  const created = await keeper.run({
    file: installer,
    args: ['--no-defaults', `--datadir=${dataDir}`, ...kind.initialise(accountsFile), ...options],
    env: serverEnvironment(home),
    stopSignal: 'SIGTERM',
    ...{ logFile, user },
  });
  const exit = await created.exited;
  if (exit.code !== 0)
    throw environmentError(
      `the data of ${name} could not be created: ${await logTail(logFile)}`,
      undefined,
      exit,
    );
  return { name, options, server, version, user, home, dataDir, logFile, password };
}

/**
 * Returns the environment of the servers' programs. A starting server removes temporary tables in
 * its temporary directory, so each server has its own.
 */
function serverEnvironment(home: string): Record<string, string> {
  return { PATH: process.env.PATH ?? '', HOME: home, TMPDIR: home, TZ: 'UTC' };
}

async function startOn(
  keeper: Keeper,
  data: MysqlData,
  port: number,
  settings: MysqlSettings,
): Promise<KeptProcess> {
  const { size: logged } = await stat(data.logFile);
  const program = await keeper.run({
    file: data.server,
    args: [
      ...['--no-defaults', `--datadir=${data.dataDir}`, `--port=${port}`],
      ...[`--socket=${join(data.home, 's')}`, `--pid-file=${join(data.home, 'pid')}`],
      ...data.options,
      ...Object.entries({ ...THROWAWAY_SETTINGS, ...settings }).map(asOption),
    ],
    env: serverEnvironment(data.home),
    logFile: data.logFile,
    stopSignal: STOP_SIGNALS.fast,
    user: data.user,
  });
  return await untilServerReady(data.name, program, data.logFile, () => isReady(data, logged));
}

function asOption([name, value]: readonly [string, string | number | true]): string {
  return value === true ? `--${name}` : `--${name}=${value}`;
}

/**
 * Returns whether the server has reported its readiness in the log since its start. MySQL's admin port
 * reports its own before.
 */
async function isReady({ logFile }: MysqlData, logged: number): Promise<boolean> {
  const log = await readFile(logFile);
  return log.includes(': ready for connections', logged);
}
