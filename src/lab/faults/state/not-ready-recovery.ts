import type { FaultKind } from '../../fault.ts';
import { madeState, postgresOf, untilSaid } from './fault.ts';

/** A session of the server has crashed, and all others must end before it can recover. */
export const NOT_READY_RECOVERY: FaultKind = {
  name: 'not-ready-recovery',
  title: 'The server recovers from a crash',
  engines: ['postgres', 'postgres-system'],
  async make(any) {
    const lab = postgresOf(any);
    const [slow, killed] = [await lab.open(), await lab.open()];
    // The server waits five seconds for a process that cannot receive the order to end.
    process.kill(slow.id, 'SIGSTOP');
    process.kill(killed.id, 'SIGKILL');
    await untilSaid(lab, 'in recovery mode');
    return madeState({
      ...{ lab, runbook: 'server-not-ready', statement: 'SELECT 1' },
      describe: 'A session was killed; the server ends all others and recovers, which takes 5 s.',
      async undo() {
        await untilSaid(lab, 'works');
        await Promise.all([slow.end(), killed.end()]);
      },
    });
  },
};
