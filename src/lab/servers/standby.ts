import { appendFile, chown, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environmentError } from '#errors.ts';
import { askOnce } from '../client.ts';
import type { Keeper } from './keeper.ts';
import { type PostgresServer, startPostgres } from './postgres.ts';
import { logTail } from './started-server.ts';

const POLL_MS = 20;
const SIGNAL = 'standby.signal';

/** Starts a standby that streams from a server, with a copy of its data. Restarts the server. */
export async function startStandby(
  keeper: Keeper,
  primary: PostgresServer,
): Promise<PostgresServer> {
  const home = dirname(primary.dataDir);
  const dataDir = join(home, 'standby');
  const cluster = { ...primary.cluster, dataDir, logFile: join(home, 'standby.log') };
  await primary.stop();
  await copyData(keeper, primary, dataDir);
  await follow({ dataDir, cluster }, primary);
  await primary.restart();
  const standby = await startPostgres({ keeper, cluster });
  await untilStreaming(standby);
  return standby;
}

/** Makes the first server the primary and the second its standby, whatever they are now. */
export async function restorePair(
  keeper: Keeper,
  primary: PostgresServer,
  standby: PostgresServer,
): Promise<void> {
  await standby.stop('immediate');
  await rm(join(primary.dataDir, SIGNAL), { force: true });
  // A server that crashed has to recover before its data can be copied.
  await primary.restart();
  await primary.stop();
  await rm(standby.dataDir, { recursive: true });
  await copyData(keeper, primary, standby.dataDir);
  await follow(standby, primary);
  await primary.restart();
  await standby.restart();
  await untilStreaming(standby);
}

/** Lets a stopped server follow another one from its next start on. */
export async function follow(
  { dataDir, cluster }: Pick<PostgresServer, 'dataDir' | 'cluster'>,
  { host, port }: PostgresServer,
): Promise<void> {
  const way = `host=${host} port=${port} user=postgres password=${cluster.password}`;
  await appendFile(join(dataDir, 'postgresql.auto.conf'), `primary_conninfo = '${way}'\n`);
  const signal = join(dataDir, SIGNAL);
  await writeFile(signal, '');
  if (cluster.user !== undefined) await chown(signal, cluster.user.uid, cluster.user.gid);
}

/** Waits until a standby receives what its primary writes. */
export async function untilStreaming({ superuserUrl }: PostgresServer): Promise<void> {
  const receivers = "SELECT pid FROM pg_stat_wal_receiver WHERE status = 'streaming'";
  while ((await askOnce(superuserUrl, receivers, { name: 'lab' })).length === 0)
    await sleep(POLL_MS);
}

async function copyData(keeper: Keeper, { cluster }: PostgresServer, to: string): Promise<void> {
  const { dataDir, logFile, user } = cluster;
  const copying = await keeper.run({
    file: 'cp',
    args: ['-a', dataDir, to],
    env: { PATH: process.env.PATH ?? '' },
    logFile,
    stopSignal: 'SIGTERM',
    user,
  });
  const { code } = await copying.exited;
  if (code !== 0) throw environmentError(`the data was not copied: ${await logTail(logFile)}`);
}
