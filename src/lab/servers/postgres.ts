import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Keeper, KeptProcess } from './keeper.ts';
import { type ClusterOptions, createCluster, type PostgresCluster } from './postgres-cluster.ts';
import {
  connectionUrl,
  HOST,
  inKeeper,
  type Login,
  onFreePort,
  untilReady,
} from './started-server.ts';

/** The mode of a stop: waiting for clients, ending them, or without a checkpoint. */
type StopMode = keyof typeof STOP_SIGNALS;

/** The options of a server. */
type PostgresOptions = ClusterOptions & {
  /** A keeper shared with other programs; the server has its own if undefined. */
  readonly keeper?: Keeper;
  /** An existing data directory within the keeper's; a new one is created if undefined. */
  readonly cluster?: PostgresCluster;
};

/**
 * The readiness of a server: it answers, even if only that it is starting; or it accepts clients.
 */
type PostgresReadiness = 'listening' | 'ready';

/** A private PostgreSQL server on this machine, which ends with the process that started it. */
export type PostgresServer = {
  readonly engine: 'postgres';
  /** E.g. `18.4`. */
  readonly version: string;
  /** E.g. `18`. */
  readonly majorVersion: number;
  readonly host: '127.0.0.1';
  readonly port: number;
  /** The URL of `postgres`, in the database `postgres`. */
  readonly superuserUrl: string;
  /** Returns a connection URL with every part encoded. */
  url(login: Login): string;
  readonly dataDir: string;
  readonly logFile: string;
  readonly cluster: PostgresCluster;
  /** The postmaster's process ID, which changes with a restart. */
  readonly pid: number;
  /** Stops the server, by default `fast`. With its own keeper, its directory is removed too. */
  stop(mode?: StopMode): Promise<void>;
  /**
   * Restarts the server on the same port with the same data, by default `fast`. Resolves once it is
   * `ready`, or in the given state.
   */
  restart(mode?: StopMode, until?: PostgresReadiness): Promise<void>;
};

const STOP_SIGNALS = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** Creates a new, empty PostgreSQL server and waits until it accepts connections. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  return await inKeeper(options.keeper, async (keeper, letGo) => {
    const cluster = options.cluster ?? (await createCluster(keeper, options));
    const start: Start = (port, until) => startOn(keeper, cluster, port, until);
    const first = await onFreePort(start, cluster.logFile, 'could not bind');
    return running(cluster, first, start, letGo);
  });
}

type Start = (port: number, until?: PostgresReadiness) => Promise<KeptProcess>;

function running(
  cluster: PostgresCluster,
  first: { readonly program: KeptProcess; readonly port: number },
  start: Start,
  letGo: () => Promise<void>,
): PostgresServer {
  const { port } = first;
  let { program } = first;
  const url = (login: Login) => connectionUrl('postgres', port, login);
  return {
    engine: 'postgres',
    version: cluster.binaries.version,
    majorVersion: cluster.binaries.majorVersion,
    host: HOST,
    port,
    superuserUrl: url({ user: 'postgres', password: cluster.password, database: 'postgres' }),
    url,
    dataDir: cluster.dataDir,
    logFile: cluster.logFile,
    cluster,
    get pid() {
      return program.pid;
    },
    async stop(mode = 'fast') {
      await program.stop(STOP_SIGNALS[mode]);
      await letGo();
    },
    async restart(mode = 'fast', until = 'ready') {
      await program.stop(STOP_SIGNALS[mode]);
      program = await start(port, until);
    },
  };
}

async function startOn(
  keeper: Keeper,
  cluster: PostgresCluster,
  port: number,
  until: PostgresReadiness = 'ready',
): Promise<KeptProcess> {
  const program = await keeper.run({
    file: cluster.binaries.postgres,
    args: ['-D', cluster.dataDir, '-p', String(port)],
    env: { PATH: process.env.PATH ?? '', TZ: 'UTC' },
    logFile: cluster.logFile,
    stopSignal: STOP_SIGNALS.fast,
    user: cluster.user,
  });
  return await untilReady('PostgreSQL', program, cluster.logFile, () =>
    isReady(cluster, program.pid, until),
  );
}

/** Reads the postmaster's state from its pid file, as `pg_ctl -w` does: that needs no login. */
async function isReady(
  cluster: PostgresCluster,
  pid: number,
  until: PostgresReadiness,
): Promise<boolean> {
  const file = await readFile(join(cluster.dataDir, 'postmaster.pid'), 'utf8').catch(() => '');
  const lines = file.split('\n');
  if (lines[0] !== String(pid)) return false;
  const state = lines[7]?.trim() ?? '';
  return until === 'ready' ? state === 'ready' : state !== '';
}
