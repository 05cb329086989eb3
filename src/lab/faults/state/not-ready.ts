import { chown, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { POSTGRES_SERVERS } from '../../engines.ts';
import type { FaultKind } from '../../fault.ts';
import type { PostgresServer } from '../../servers/postgres.ts';
import { askAnew } from '../sessions.ts';
import { madeState, postgresOf, untilSaid } from './fault.ts';

const SECONDS = 4;

/** The server is starting, and fetches the log to replay from a slow archive. */
const STARTING: FaultKind = {
  name: 'not-ready-starting',
  title: 'The server is starting up',
  engines: POSTGRES_SERVERS,
  async make(any) {
    const lab = postgresOf(any);
    const { server } = lab;
    const asked = join(server.dataDir, 'archive-was-asked');
    // The server requests several files. Only the first is slow, so the start takes a known time.
    await lab.admin(
      `ALTER SYSTEM SET restore_command = 'test -e ${asked} || { touch ${asked}; sleep ${SECONDS}; }; false'`,
    );
    await server.stop();
    await signalFile(server, 'recovery.signal');
    await server.restart('fast', 'listening');
    await untilSaid(lab, 'starting up');
    return madeState(lab, {
      ...{ runbook: 'server-not-ready', statement: 'SELECT 1' },
      describe: `The server starts and is not ready for about ${SECONDS} s.`,
      async undo() {
        await untilSaid(lab, 'works');
        await lab.admin('ALTER SYSTEM RESET restore_command');
        await lab.reload();
        await rm(asked, { force: true });
      },
    });
  },
};

/** Creates the empty signal file in the data directory that selects the mode of the next start. */
export async function signalFile(
  { dataDir, cluster }: PostgresServer,
  name: 'recovery.signal' | 'standby.signal',
): Promise<void> {
  const file = join(dataDir, name);
  await writeFile(file, '');
  if (cluster.user !== undefined) await chown(file, cluster.user.uid, cluster.user.gid);
}

/** The server waits for its last client before it stops. */
const SHUTTING_DOWN: FaultKind = {
  name: 'not-ready-shutting-down',
  title: 'The server is shutting down and waits for a client',
  engines: POSTGRES_SERVERS,
  async make(any) {
    const lab = postgresOf(any);
    const { server } = lab;
    const report = await lab.open(lab.urls.shop, { name: 'shop-report' });
    await report.ask('SELECT 1');
    process.kill(server.pid, 'SIGTERM');
    await untilSaid(lab, 'shutting down');
    return madeState(lab, {
      ...{ runbook: 'server-not-ready', statement: 'SELECT 1' },
      describe: 'The server was told to stop, and shop-report is still connected.',
      byHand: [
        {
          name: 'end-last-client',
          title: 'End the client that the server waits for, so that it stops, and start it again',
          async do() {
            await report.end();
            await server.restart();
          },
        },
      ],
      async undo() {
        await report.end();
        if ((await askAnew(lab, ['SELECT 1'])) !== 'works') await server.restart();
      },
    });
  },
};

/** A session of the server has crashed, and all others must end before it can recover. */
const RECOVERY: FaultKind = {
  name: 'not-ready-recovery',
  title: 'The server recovers from a crash',
  engines: POSTGRES_SERVERS,
  async make(any) {
    const lab = postgresOf(any);
    const [slow, killed] = [await lab.open(), await lab.open()];
    // The server waits five seconds for a process that cannot receive the order to end.
    process.kill(slow.id, 'SIGSTOP');
    process.kill(killed.id, 'SIGKILL');
    await untilSaid(lab, 'in recovery mode');
    return madeState(lab, {
      ...{ runbook: 'server-not-ready', statement: 'SELECT 1' },
      describe: 'A session was killed; the server ends all others and recovers, which takes 5 s.',
      async undo() {
        await untilSaid(lab, 'works');
        await Promise.all([slow.end(), killed.end()]);
      },
    });
  },
};

/** Faults of a server that is up and not ready for clients. */
export const NOT_READY_FAULTS = [STARTING, SHUTTING_DOWN, RECOVERY];
