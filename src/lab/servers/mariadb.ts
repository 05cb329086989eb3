import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Keeper, KeptProcess } from './keeper.ts';
import { createMariadbData, type MariadbData, mariadbEnvironment } from './mariadb-data.ts';
import {
  connectionUrl,
  HOST,
  inKeeper,
  type Login,
  onFreePort,
  untilReady,
} from './started-server.ts';

/** The mode of a stop: a clean shutdown, or like a crash. */
type MariadbStopMode = keyof typeof STOP_SIGNALS;

/** System variables and options, e.g. `{ max_connections: 5 }`; true for one without a value. */
type MariadbSettings = Readonly<Record<string, string | number | true>>;

/** The options of a server. */
type MariadbOptions = {
  readonly settings?: MariadbSettings;
  /** A keeper shared with other programs; the server has its own if undefined. */
  readonly keeper?: Keeper;
};

/** A private MariaDB server on this machine, which ends with the process that started it. */
export type MariadbServer = {
  readonly engine: 'mariadb';
  /** E.g. `10.11.19`. */
  readonly version: string;
  readonly host: '127.0.0.1';
  readonly port: number;
  /** The URL of `root`, in the database `mysql`. */
  readonly rootUrl: string;
  /** Returns a connection URL with every part encoded. */
  url(login: Login): string;
  readonly dataDir: string;
  readonly logFile: string;
  /** The server's process ID, which changes with a restart. */
  readonly pid: number;
  /** Stops the server, by default `fast`. With its own keeper, its directory is removed too. */
  stop(mode?: MariadbStopMode): Promise<void>;
  /**
   * Restarts the server on the same port with the same data, by default `fast`, this time with
   * additional settings.
   */
  restart(mode?: MariadbStopMode, settings?: MariadbSettings): Promise<void>;
};

const STOP_SIGNALS = { fast: 'SIGTERM', immediate: 'SIGKILL' } as const;

const THROWAWAY_SETTINGS = {
  bind_address: HOST,
  skip_name_resolve: true,
  innodb_buffer_pool_size: '32M',
  innodb_flush_log_at_trx_commit: 0,
  innodb_log_file_size: '32M',
} as const;

/** Creates a new, empty MariaDB server and waits until it accepts connections. */
export async function startMariadb(options: MariadbOptions = {}): Promise<MariadbServer> {
  return await inKeeper(options.keeper, async (keeper, letGo) => {
    const data = await createMariadbData(keeper);
    const start: Start = (port, further) =>
      startOn(keeper, data, port, { ...options.settings, ...further });
    const first = await onFreePort(start, data.logFile, 'Bind on TCP/IP port');
    return running(data, first, start, letGo);
  });
}

type Start = (port: number, further?: MariadbSettings) => Promise<KeptProcess>;

function running(
  data: MariadbData,
  first: { readonly program: KeptProcess; readonly port: number },
  start: Start,
  letGo: () => Promise<void>,
): MariadbServer {
  const { port } = first;
  let { program } = first;
  const url = (login: Login) => connectionUrl('mysql', port, login);
  return {
    engine: 'mariadb',
    version: data.binaries.version,
    host: HOST,
    port,
    rootUrl: url({ user: 'root', password: data.password, database: 'mysql' }),
    url,
    dataDir: data.dataDir,
    logFile: data.logFile,
    get pid() {
      return program.pid;
    },
    async stop(mode = 'fast') {
      await program.stop(STOP_SIGNALS[mode]);
      await letGo();
    },
    async restart(mode = 'fast', settings = {}) {
      await program.stop(STOP_SIGNALS[mode]);
      program = await start(port, settings);
    },
  };
}

async function startOn(
  keeper: Keeper,
  data: MariadbData,
  port: number,
  settings: MariadbSettings,
): Promise<KeptProcess> {
  const { size: logged } = await stat(data.logFile);
  const program = await keeper.run({
    file: data.binaries.mariadbd,
    args: [
      ...['--no-defaults', `--datadir=${data.dataDir}`, `--port=${port}`],
      ...[`--socket=${join(data.home, 's')}`, `--pid-file=${join(data.home, 'pid')}`],
      ...Object.entries({ ...THROWAWAY_SETTINGS, ...settings }).map(asOption),
    ],
    env: mariadbEnvironment(data),
    logFile: data.logFile,
    stopSignal: STOP_SIGNALS.fast,
    user: data.user,
  });
  return await untilReady('MariaDB', program, data.logFile, () => isReady(data, logged));
}

function asOption([name, value]: readonly [string, string | number | true]): string {
  return value === true ? `--${name}` : `--${name}=${value}`;
}

/** Tells whether the server has reported its readiness in the log since its start. */
async function isReady({ logFile }: MariadbData, logged: number): Promise<boolean> {
  const log = await readFile(logFile);
  return log.includes('ready for connections', logged);
}
