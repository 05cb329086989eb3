import { chown, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FaultKind } from '../../fault.ts';
import type { PostgresServer } from '../../servers/postgres-server.ts';
import { madeState, postgresOf, untilSaid } from './fault.ts';

const SECONDS = 4;

/** The server is starting, and fetches the log to replay from a slow archive. */
export const NOT_READY_STARTING: FaultKind = {
  name: 'not-ready-starting',
  title: 'The server is starting up',
  engines: ['postgres', 'postgres-system'],
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
    return madeState({
      ...{ lab, runbook: 'server-not-ready', statement: 'SELECT 1' },
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
