import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Keeper, KeptProcess } from './keeper.ts';
import { createMariadbData, type MariadbData, mariadbEnvironment } from './mariadb-data.ts';
import { HOST, inKeeper, type StartedServer, startServer, untilReady } from './started-server.ts';

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

/** A private MariaDB server. A restart may have additional settings. */
export type MariadbServer = StartedServer<MariadbStopMode, MariadbSettings> & {
  readonly engine: 'mariadb';
  /** The URL of `root`, in the database `mysql`. */
  readonly rootUrl: string;
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
    const { dataDir, logFile, password, binaries } = data;
    const server = await startServer<MariadbStopMode, MariadbSettings>({
      ...{ scheme: 'mysql', version: binaries.version, dataDir, logFile, letGo },
      signals: STOP_SIGNALS,
      taken: 'Bind on TCP/IP port',
      start: (port, further) => startOn(keeper, data, port, { ...options.settings, ...further }),
    });
    const rootUrl = server.url({ user: 'root', password, database: 'mysql' });
    return Object.assign(server, { engine: 'mariadb' as const, rootUrl });
  });
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
