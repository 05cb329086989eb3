import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Keeper, KeptProcess } from './keeper.ts';
import { type ClusterOptions, createCluster, type PostgresCluster } from './postgres-cluster.ts';
import {
  inKeeper,
  type StartedServer,
  startDatabaseServer,
  untilServerReady,
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

/**
 * A private PostgreSQL server. A restart resolves once the server is `ready`, or in the given state.
 */
export type PostgresServer = StartedServer<StopMode, PostgresReadiness> & {
  readonly engine: 'postgres';
  /** E.g. `18`. */
  readonly majorVersion: number;
  /** The URL of `postgres`, in the database `postgres`. */
  readonly superuserUrl: string;
  readonly cluster: PostgresCluster;
};

const STOP_SIGNALS = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** Creates a new, empty PostgreSQL server and waits until it accepts connections. */
export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  return await inKeeper(options.keeper, async (keeper, letGo) => {
    const cluster = options.cluster ?? (await createCluster(keeper, options));
    const { dataDir, logFile, password } = cluster;
    const { version, majorVersion } = cluster.binaries;
    const server = await startDatabaseServer<StopMode, PostgresReadiness>({
      ...{ scheme: 'postgres', version, dataDir, logFile, letGo },
      signals: STOP_SIGNALS,
      taken: 'could not bind',
      start: (port, until) => startOn(keeper, cluster, port, until),
    });
    const superuserUrl = server.url({ user: 'postgres', password, database: 'postgres' });
    const own = { engine: 'postgres', majorVersion, superuserUrl, cluster } as const;
    return Object.assign(server, own);
  });
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
  return await untilServerReady('PostgreSQL', program, cluster.logFile, () =>
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
