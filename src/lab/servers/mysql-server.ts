import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Keeper, KeptProcess } from './keeper.ts';
import { HOST, inKeeper, type StartedServer, startServer, untilReady } from './started-server.ts';
import type { ServerUser } from './system-user.ts';

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

/** A data directory, with everything needed to run a server on it. */
export type MysqlData = {
  /** The server's name for people. */
  readonly name: string;
  readonly program: string;
  /** The options of every start besides the settings of this file. */
  readonly options: readonly string[];
  /** E.g. `10.11.19`. */
  readonly version: string;
  /** The user the server is started as; undefined for this process's own. */
  readonly user: ServerUser | undefined;
  readonly home: string;
  readonly dataDir: string;
  readonly logFile: string;
  /** The password of `root`, who may log in over TCP. */
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
  createData: (keeper: Keeper) => Promise<MysqlData>,
): Promise<MysqlServer> {
  return await inKeeper(shared, async (keeper, letGo) => {
    const data = await createData(keeper);
    const { dataDir, logFile, password, version } = data;
    const server = await startServer<MysqlStopMode, MysqlSettings>({
      ...{ scheme: 'mysql', version, dataDir, logFile, letGo },
      signals: STOP_SIGNALS,
      taken: 'Bind on TCP/IP port',
      start: (port, further) => startOn(keeper, data, port, { ...settings, ...further }),
    });
    const rootUrl = server.url({ user: 'root', password, database: 'mysql' });
    return Object.assign(server, { rootUrl });
  });
}

/**
 * Returns the environment of the servers' programs. A starting server removes temporary tables in
 * its temporary directory, so each server has its own.
 */
export function serverEnvironment(home: string): Record<string, string> {
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
    file: data.program,
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
  return await untilReady(data.name, program, data.logFile, () => isReady(data, logged));
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
